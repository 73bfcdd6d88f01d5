/** A client of the Artifactory stand-in for tests. Needs nothing but fetch. */
import { setTimeout as sleep } from 'node:timers/promises'
import { defaultVersion } from './layout.ts'
import type { Binary } from './server/checksums.ts'
import type { Consistency } from './server/consistency.ts'
import type { Instance, KnownServer } from './server/database/database.ts'
import type { GarbageCollected } from './server/garbage-collection.ts'
import type { PruneOptions, PruneStatus } from './server/prune.ts'

export type { Binary, Consistency, GarbageCollected, PruneOptions, PruneStatus }

export interface InstanceInfo extends Instance {
  readonly nodeId: string
  readonly version: string
  readonly database: 'postgresql' | 'embedded'
  readonly servers: readonly KnownServer[]
}

/** An answer that was not the wanted one. `status` 0 does not occur: a broken connection is fetch's own error. */
export class StandInError extends Error {
  override readonly name = 'StandInError'
  readonly status: number

  constructor(status: number, message: string) {
    super(`HTTP ${status}: ${message}`)
    this.status = status
  }
}

export interface ClientOptions {
  readonly user?: string
  readonly password?: string
}

export interface PutOptions {
  /** Time between file and row, milliseconds. */
  readonly pause?: number
  readonly sha1?: string
  readonly signal?: AbortSignal
}

/** `base` is `http://HOST:PORT`; 8081 and 8082 answer alike. Paths are REPO/FOLDER/NAME. */
export class StandInClient {
  private readonly base: string
  private readonly authorization: string | undefined

  constructor(base: string, { user = 'admin', password }: ClientOptions = {}) {
    this.base = base.replace(/\/+$/, '')
    this.authorization =
      password === undefined ? undefined : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
  }

  /** Resolves after the server's commit, so the artifact is promised from here on. */
  async put(path: string, content: string | Uint8Array, options: PutOptions = {}): Promise<Binary> {
    const { pause, sha1, signal } = options
    const query = pause === undefined ? '' : `?stand-in-pause-ms=${pause}`
    const response = await this.request('PUT', `/artifactory/${encodePath(path)}${query}`, {
      body: typeof content === 'string' ? content : new Uint8Array(content),
      headers: sha1 === undefined ? {} : { 'X-Checksum-Sha1': sha1 },
      ...(signal === undefined ? {} : { signal }),
    })
    return binaryOf(await response.json())
  }

  /** Refers to a file that is in the filestore already. */
  async putByChecksum(path: string, sha1: string): Promise<Binary> {
    const headers = { 'X-Checksum-Deploy': 'true', 'X-Checksum-Sha1': sha1 }
    return binaryOf(await (await this.request('PUT', `/artifactory/${encodePath(path)}`, { headers })).json())
  }

  async get(path: string): Promise<Buffer> {
    const response = await this.request('GET', `/artifactory/${encodePath(path)}`)
    return Buffer.from(await response.arrayBuffer())
  }

  /** From the database alone: says nothing about the file. Undefined: no such item. */
  async head(path: string): Promise<{ sha1: string; length: number } | undefined> {
    const response = await this.fetch('HEAD', `/artifactory/${encodePath(path)}`)
    if (response.status === 404) return undefined
    if (!response.ok) throw new StandInError(response.status, `HEAD of ${path}`)
    return {
      sha1: response.headers.get('x-checksum-sha1') ?? '',
      length: Number(response.headers.get('content-length')),
    }
  }

  async delete(path: string): Promise<void> {
    await this.request('DELETE', `/artifactory/${encodePath(path)}`)
  }

  async gc(options: { pause?: number } = {}): Promise<GarbageCollected> {
    const query = options.pause === undefined ? '' : `?stand-in-pause-ms=${options.pause}`
    return this.json<GarbageCollected>('POST', `/artifactory/api/system/storage/gc${query}`)
  }

  /** Starts a prune and waits for its end. Throws when it ends otherwise than FINISHED. */
  async prune(options: Partial<PruneOptions> = {}): Promise<PruneStatus> {
    await this.request('POST', '/artifactory/api/system/storage/prune/start', { body: JSON.stringify(options) })
    for (;;) {
      const status = await this.pruneStatus()
      if (status.status === 'FINISHED') return status
      if (status.status !== 'RUNNING') throw new Error(`prune ${status.status}: ${status.message ?? ''}`)
      await sleep(20)
    }
  }

  pruneStatus(): Promise<PruneStatus> {
    return this.json<PruneStatus>('GET', '/artifactory/api/system/storage/prune/status')
  }

  async emptyTrash(): Promise<void> {
    await this.request('POST', '/artifactory/api/trash/empty')
  }

  /** Rows against files. `deep` hashes every file. */
  consistency(options: { deep?: boolean } = {}): Promise<Consistency> {
    return this.json<Consistency>('GET', `/artifactory/api/stand-in/consistency?deep=${options.deep ?? false}`)
  }

  instance(): Promise<InstanceInfo> {
    return this.json<InstanceInfo>('GET', '/artifactory/api/stand-in/instance')
  }

  async version(): Promise<string> {
    return (await this.json<{ version?: string }>('GET', '/artifactory/api/system/version')).version ?? defaultVersion
  }

  /** HTTP status of the router's health; undefined when nobody answers. */
  async health(): Promise<number | undefined> {
    try {
      const response = await this.fetch('GET', '/router/api/v1/system/health')
      await response.arrayBuffer()
      return response.status
    } catch {
      return undefined
    }
  }

  async ping(): Promise<boolean> {
    const response = await this.fetch('GET', '/artifactory/api/system/ping').catch(() => undefined)
    return response !== undefined && (await response.text()) === 'OK'
  }

  /** Throws when it is not healthy after `limit` milliseconds. */
  async untilHealthy(limit = 30_000): Promise<void> {
    const deadline = Date.now() + limit
    for (;;) {
      const health = await this.health()
      if (health === 200) return
      if (Date.now() > deadline)
        throw new Error(`${this.base} is not healthy after ${limit} ms: ${health ?? 'no answer'}`)
      await sleep(50)
    }
  }

  private async json<T>(method: string, path: string): Promise<T> {
    return (await (await this.request(method, path)).json()) as T
  }

  private async request(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const response = await this.fetch(method, path, init)
    if (!response.ok) throw new StandInError(response.status, `${method} ${path}: ${await response.text()}`)
    return response
  }

  private fetch(method: string, path: string, init: RequestInit = {}): Promise<Response> {
    const authorization = this.authorization === undefined ? {} : { Authorization: this.authorization }
    const headers = { ...authorization, ...(init.headers as Record<string, string> | undefined) }
    return fetch(`${this.base}${path}`, { ...init, method, headers })
  }
}

const encodePath = (path: string): string => path.split('/').map(encodeURIComponent).join('/')

function binaryOf(body: unknown): Binary {
  const { size, checksums } = body as { size: string; checksums: Omit<Binary, 'length'> }
  return { ...checksums, length: Number(size) }
}
