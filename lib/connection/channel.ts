import type { Readable, Writable } from 'node:stream'

/** How a remote program ended. Neither is set: nobody knows, which is not success. */
export interface Exit {
  readonly code?: number
  readonly signal?: string
}

/** A program that runs behind a transport, with its three streams. */
export interface Channel {
  readonly stdin: Writable
  readonly stdout: Readable
  readonly stderr: Readable
  /** Settles once, after both streams have been read to their end. Never rejects. */
  readonly closed: Promise<Exit>
  /** Gives the program up: its stdin ends, its output is dropped. It is not killed by this. */
  close(): void
}

/** A way to start programs on one host. */
export interface Transport {
  readonly host: string
  /** Who is logged in, as the host knows the name. */
  readonly user: string
  /**
   * Runs the text by the login shell, which may be any (bash, fish, csh ...), without a terminal. Throws NoChannel when the
   * host allows no further program at the same time, and ConnectionError.
   */
  open(command: string): Promise<Channel>
  /** A second transport to the same host, for when this one allows no further program. */
  another(): Promise<Transport>
  close(): Promise<void>
}

/** The host refused one more program over this connection (sshd: MaxSessions). Nothing ran. */
export class NoChannel extends Error {
  override readonly name = 'NoChannel'
}
