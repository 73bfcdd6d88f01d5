import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Binary, checksumsOf } from './checksums.ts'
import type { Database, Item } from './database/database.ts'
import type { Filestore, StoredFile } from './filestore.ts'
import type { Gate } from './gate.ts'
import type { Log } from './log.ts'
import type { Options } from './options.ts'
import { formatRepoPath, type RepoPath } from './repo-path.ts'

/** What every part of the running server has at hand. */
export interface Store {
  readonly database: Database
  readonly filestore: Filestore
  readonly gate: Gate
  readonly log: Log
  readonly options: Options
}

/** The content that came is not the content that was announced. */
export class ChecksumMismatch extends Error {
  override readonly name = 'ChecksumMismatch'
}

/** The row is there and its file is not, or not whole: a lost artifact. The stand-in exists to show this. */
export class BinaryMissing extends Error {
  override readonly name = 'BinaryMissing'
}

/**
 * An upload: file into the filestore (written, synced, renamed), *then* the rows, in one transaction. The order is the
 * real one's (addBinary of BinaryServiceImpl in the public 5.11 and 6.20 sources).
 */
export async function deploy(
  store: Store,
  item: RepoPath,
  content: Readable,
  announced: Partial<Binary>,
  pause = store.options.pauseBetweenFileAndRow,
): Promise<Binary> {
  const received = await store.filestore.receive(content)
  for (const name of ['sha1', 'md5', 'sha256', 'length'] as const) {
    if (announced[name] === undefined || announced[name] === received[name]) continue
    await store.filestore.discard(received.temporary)
    throw new ChecksumMismatch(`${name} announced ${announced[name]}, received ${received[name]}`)
  }
  await store.gate.hold(received.sha1, async () => {
    await store.filestore.keep(received)
    if (pause > 0) await sleep(pause)
    await store.database.deploy(item, received, Date.now())
  })
  return received
}

/** A checksum deploy: rows for a file that is there already. Undefined when there is none. */
export function deployByChecksum(store: Store, item: RepoPath, sha1: string): Promise<Binary | undefined> {
  return store.gate.hold(sha1, async () => {
    if ((await store.filestore.stat(sha1)) === undefined) return undefined
    const binary = (await store.database.binary(sha1)) ?? (await checksumsOf(store.filestore.read(sha1)))
    if (binary.sha1 !== sha1) throw new BinaryMissing(`the file ${sha1} has other content (${binary.sha1})`)
    await store.database.deploy(item, binary, Date.now())
    return binary
  })
}

/** Throws BinaryMissing when the filestore does not hold what the database says. */
export async function fileOf(store: Store, item: Item): Promise<StoredFile> {
  const { sha1, length } = item.binary
  const file = await store.filestore.stat(sha1)
  if (file?.length === length) return file
  const found = file === undefined ? 'is not there' : `has ${file.length} bytes, not ${length}`
  const path = store.filestore.path(sha1)
  store.log.error(`BINARY MISSING: ${formatRepoPath(item)} refers to ${sha1}, but ${path} ${found}`)
  throw new BinaryMissing(`binary ${sha1} of ${formatRepoPath(item)} ${found} in the filestore`)
}
