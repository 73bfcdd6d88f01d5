import type { Command, Output } from '../command.ts'

export interface BatchOptions {
  /** The user that runs the commands, through sudo when it is not the login user. Left out: the login user. */
  readonly as?: string
  /** After a command that ends with another code than 0, those behind it are not run. */
  readonly stopOnFailure?: boolean
  readonly signal?: AbortSignal
  /**
   * `lease`: a second shell of the same user, opened on first need, so that a lease is renewed while a command of three hours
   * runs in the first. What it sends is not counted in `roundTrips`: no task waits for it.
   */
  readonly channel?: 'lease'
  /** Output as it arrives; `index` counts the commands of the batch. */
  onOutput?(index: number, stream: 'stdout' | 'stderr', chunk: Buffer): void
  /** A command is seen to have ended, while those behind it may still run. */
  onEnd?(index: number, output: Output): void
}

/** A way to run commands on one host. */
export interface Connection {
  readonly host: string
  /**
   * Runs the commands in order, in one round trip. An entry is `undefined` when the command was not run because one before
   * it failed. Throws ConnectionError: with `lost`, commands for which `onEnd` was not called may or may not have run.
   * Throws DeadlineError when a command ran past its deadline (its processes were ended).
   */
  batch(commands: readonly Command[], options?: BatchOptions): Promise<readonly (Output | undefined)[]>
  /** Times that the caller had to wait for an answer of the host since the login. */
  readonly roundTrips: number
  /**
   * What its login shells printed on stdout by themselves, the first 4 KiB of each. Left out: nothing was seen so far. It does
   * no harm here; rsync, scp and sftp take it for a part of their protocol.
   */
  readonly noise?: string | undefined
  close(): Promise<void>
}
