import { createReadStream, type Stats } from 'node:fs'
import { mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { syncDirectory } from './atomic-write.ts'
import type { FilestorePlace } from './binarystore.ts'
import { type Binary, Checksums, isSha1 } from './checksums.ts'

export interface Received extends Binary {
  readonly temporary: string
}

export interface StoredFile {
  readonly sha1: string
  readonly length: number
  /** Last modification, epoch milliseconds. */
  readonly modified: number
}

/** Files by content: `<first 2 hex>/<sha1>`. Uploads arrive in `_pre` and are renamed when they are whole and on disk. */
export class Filestore {
  private count = 0
  private readonly place: FilestorePlace

  constructor(place: FilestorePlace) {
    this.place = place
  }

  get root(): string {
    return this.place.root
  }

  async prepare(): Promise<void> {
    await mkdir(this.place.incoming, { recursive: true, mode: 0o750 })
  }

  path(sha1: string): string {
    if (!isSha1(sha1)) throw new Error(`not a SHA-1: ${sha1}`)
    return join(this.place.root, sha1.slice(0, 2), sha1)
  }

  /** Streams into a temporary file and syncs it. What a broken stream left is removed. */
  async receive(stream: Readable): Promise<Received> {
    this.count += 1
    const temporary = join(this.place.incoming, `dbRecord${process.pid}-${this.count}.bin`)
    const checksums = new Checksums()
    const file = await open(temporary, 'wx', 0o640)
    try {
      for await (const piece of stream) {
        const chunk = piece as Buffer
        checksums.add(chunk)
        await file.writeFile(chunk)
      }
      await file.sync()
      await file.close()
    } catch (error) {
      await file.close().catch(() => undefined)
      await this.discard(temporary)
      throw error
    }
    return { ...checksums.finish(), temporary }
  }

  /** Gives the received file its name. One that is there already stays, as with the real one, whatever is in it. */
  async keep(received: Received): Promise<void> {
    const path = this.path(received.sha1)
    if (await this.stat(received.sha1)) return this.discard(received.temporary)
    const directory = dirname(path)
    const made = await mkdir(directory, { recursive: true, mode: 0o750 })
    await rename(received.temporary, path)
    await syncDirectory(directory)
    if (made !== undefined) await syncDirectory(this.place.root)
  }

  async discard(temporary: string): Promise<void> {
    await unlink(temporary).catch(ignoreMissing)
  }

  async stat(sha1: string): Promise<StoredFile | undefined> {
    const found: Stats | undefined = await stat(this.path(sha1)).catch(ignoreMissing)
    return found?.isFile() ? { sha1, length: found.size, modified: found.mtimeMs } : undefined
  }

  read(sha1: string): Readable {
    return createReadStream(this.path(sha1))
  }

  /** False when there was none. */
  async remove(sha1: string): Promise<boolean> {
    const path = this.path(sha1)
    const removed = await unlink(path).then(() => true, ignoreMissing)
    if (removed) await syncDirectory(dirname(path))
    return removed ?? false
  }

  /** The two-digit directories that exist, sorted. */
  async directories(): Promise<string[]> {
    const names = await readdir(this.place.root)
    return names.filter(name => /^[0-9a-f]{2}$/.test(name)).sort()
  }

  /** Files of one directory whose name is a SHA-1 that belongs there, sorted. */
  async list(directory: string): Promise<StoredFile[]> {
    const names = (await readdir(join(this.place.root, directory)).catch(ignoreMissing)) ?? []
    const files = await Promise.all(
      names
        .filter(name => isSha1(name) && name.startsWith(basename(directory)))
        .sort()
        .map(name => this.stat(name)),
    )
    return files.filter(file => file !== undefined)
  }
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
  throw error
}
