import type { Binary } from '../checksums.ts'
import type { RepoPath } from '../repo-path.ts'

export interface Item extends RepoPath {
  readonly binary: Binary
  /** Epoch milliseconds. */
  readonly created: number
}

export interface BinaryRow {
  readonly sha1: string
  readonly length: number
  /** Whether a row of nodes refers to it. */
  readonly referenced: boolean
}

export interface Server {
  readonly id: string
  readonly contextUrl: string
  readonly version: string
  readonly haEnabled: boolean
}

export interface KnownServer {
  readonly id: string
  readonly state: string
  /** Epoch milliseconds. */
  readonly lastHeartbeat: number
}

export interface Instance {
  readonly id: string
  /** Epoch milliseconds. */
  readonly created: number
  /** Id of the master key that this database was first used with. */
  readonly masterKeyId: string
  /** True when this start made it. */
  readonly fresh: boolean
}

export type ServerState = 'STARTING' | 'RUNNING' | 'OFFLINE'

/** What the server keeps in a database. One implementation is PostgreSQL, the other a file for a home without one. */
export interface Database {
  readonly kind: 'postgresql' | 'embedded'
  /** Creates what is missing. Throws a Refusal when the database cannot be written. */
  prepare(masterKeyId: string): Promise<Instance>
  ping(): Promise<void>
  /** One transaction: the row of the binary when it is not there, and the item. */
  deploy(item: RepoPath, binary: Binary, now: number): Promise<void>
  item(item: RepoPath): Promise<Item | undefined>
  binary(sha1: string): Promise<Binary | undefined>
  /** Removes an item, or a folder with all below it. Gives the number of files removed; rows of binaries stay. */
  remove(item: RepoPath): Promise<number>
  /** Moves an item or a folder into the trash repository instead. */
  trash(item: RepoPath): Promise<number>
  emptyTrash(): Promise<number>
  /** Binaries that no item refers to. */
  unreferenced(): Promise<string[]>
  /** One transaction: delete the row if still unreferenced, then run `removeFile`, then commit. False: it was not. */
  collect(sha1: string, removeFile: () => Promise<void>): Promise<boolean>
  /** Rows in the order of sha1, whose sha1 starts with `prefix`. */
  binaries(prefix?: string): Promise<BinaryRow[]>
  /** Items that refer to the binary, as REPO/PATH. */
  referencing(sha1: string): Promise<string[]>
  heartbeat(server: Server, state: ServerState, started: number, now: number): Promise<void>
  servers(): Promise<KnownServer[]>
  /** Takes a row of distributed_locks. False when a server that is alive holds it. */
  lock(category: string, key: string, owner: string, now: number): Promise<boolean>
  unlock(category: string, key: string, owner: string): Promise<void>
  /** Drops what a killed run of this server left. */
  unlockAll(owner: string): Promise<void>
  close(): Promise<void>
}

/** A server whose heartbeat is older counts as dead. The real default. Milliseconds. */
export const staleHeartbeat = 30_000

/** A file is to go where a folder is. */
export class FolderInTheWay extends Error {
  override readonly name = 'FolderInTheWay'
}

export const trashRepo = 'auto-trashcan'

/** The prefix of placeholder rows, which have no file. */
export const placeholderPrefix = '##'
