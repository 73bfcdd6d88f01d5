import { randomUUID } from 'node:crypto'
import { mkdir, readFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { writeAtomically } from '../atomic-write.ts'
import type { Binary } from '../checksums.ts'
import { formatRepoPath, type RepoPath } from '../repo-path.ts'
import {
  type BinaryRow,
  type Database,
  FolderInTheWay,
  type Instance,
  type Item,
  type KnownServer,
  type Server,
  type ServerState,
  trashRepo,
} from './database.ts'

interface Content {
  instance?: { id: string; created: number; masterKeyId: string }
  binaries: Record<string, Binary>
  items: Record<string, Item>
}

/**
 * What a home without a configured database gets, as the real one gets its embedded Derby: a store of its own, empty at the
 * first start. It is here so that a lost mount or an empty `var` starts as a *new*, healthy-looking instance. A JSON file.
 */
export class EmbeddedDatabase implements Database {
  readonly kind = 'embedded'
  private readonly file: string
  private content: Content = { binaries: {}, items: {} }
  private known: KnownServer[] = []
  private readonly held = new Set<string>()
  private saving: Promise<void> = Promise.resolve()

  constructor(file: string) {
    this.file = file
  }

  async ping(): Promise<void> {}

  async prepare(masterKeyId: string): Promise<Instance> {
    await mkdir(dirname(this.file), { recursive: true, mode: 0o750 })
    const text = await readFile(this.file, 'utf8').catch(() => undefined)
    if (text !== undefined) this.content = JSON.parse(text) as Content
    const fresh = this.content.instance === undefined
    this.content.instance ??= { id: randomUUID(), created: Date.now(), masterKeyId }
    await this.save()
    return { ...this.content.instance, fresh }
  }

  async deploy(item: RepoPath, binary: Binary, now: number): Promise<void> {
    const key = formatRepoPath(item)
    if (Object.keys(this.content.items).some(other => other.startsWith(`${key}/`))) throw new FolderInTheWay(key)
    const { sha1, md5, sha256, length } = binary
    this.content.binaries[sha1] ??= { sha1, md5, sha256, length }
    this.content.items[key] = { ...item, binary: { sha1, md5, sha256, length }, created: now }
    await this.save()
  }

  async item(item: RepoPath): Promise<Item | undefined> {
    return this.content.items[formatRepoPath(item)]
  }

  async binary(sha1: string): Promise<Binary | undefined> {
    return this.content.binaries[sha1]
  }

  async remove(item: RepoPath): Promise<number> {
    const removed = this.itemAndBelow(item)
    for (const key of removed) delete this.content.items[key]
    await this.save()
    return removed.length
  }

  async trash(item: RepoPath): Promise<number> {
    if (item.repo === trashRepo) return this.remove(item)
    for (const key of this.itemAndBelow(item)) {
      const { repo, path, name, binary } = this.content.items[key]!
      await this.deploy({ repo: trashRepo, path: path === '.' ? repo : `${repo}/${path}`, name }, binary, Date.now())
    }
    return this.remove(item)
  }

  async emptyTrash(): Promise<number> {
    const keys = Object.keys(this.content.items).filter(key => key.startsWith(`${trashRepo}/`))
    for (const key of keys) delete this.content.items[key]
    await this.save()
    return keys.length
  }

  async unreferenced(): Promise<string[]> {
    return (await this.binaries()).filter(row => !row.referenced).map(row => row.sha1)
  }

  async collect(sha1: string, removeFile: () => Promise<void>): Promise<boolean> {
    const row = this.content.binaries[sha1]
    if (row === undefined || (await this.referencing(sha1)).length > 0) return false
    delete this.content.binaries[sha1]
    try {
      await removeFile()
    } catch (error) {
      this.content.binaries[sha1] = row
      throw error
    }
    await this.save()
    return true
  }

  async binaries(prefix = ''): Promise<BinaryRow[]> {
    const used = new Set(Object.values(this.content.items).map(item => item.binary.sha1))
    return Object.values(this.content.binaries)
      .filter(({ sha1 }) => sha1.startsWith(prefix))
      .map(({ sha1, length }) => ({ sha1, length, referenced: used.has(sha1) }))
      .sort((one, other) => (one.sha1 < other.sha1 ? -1 : 1))
  }

  async referencing(sha1: string): Promise<string[]> {
    const items = Object.entries(this.content.items)
    return items.filter(([, item]) => item.binary.sha1 === sha1).map(([key]) => key)
  }

  async heartbeat(server: Server, state: ServerState, _started: number, now: number): Promise<void> {
    this.known = [{ id: server.id, state, lastHeartbeat: now }]
  }

  async servers(): Promise<KnownServer[]> {
    return this.known
  }

  async lock(category: string, key: string): Promise<boolean> {
    const name = `${category}/${key}`
    if (this.held.has(name)) return false
    this.held.add(name)
    return true
  }

  async unlock(category: string, key: string): Promise<void> {
    this.held.delete(`${category}/${key}`)
  }

  async unlockAll(): Promise<void> {
    this.held.clear()
  }

  async close(): Promise<void> {
    await this.saving
  }

  private itemAndBelow(item: RepoPath): string[] {
    const key = formatRepoPath(item)
    return Object.keys(this.content.items).filter(other => other === key || other.startsWith(`${key}/`))
  }

  private save(): Promise<void> {
    const next = this.saving.then(() => writeAtomically(this.file, JSON.stringify(this.content), 0o640))
    this.saving = next.catch(() => undefined)
    return next
  }
}
