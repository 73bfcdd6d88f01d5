import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { type Binary, isSha1 } from '../checksums.ts'
import { FolderInTheWay, type Item } from '../database/database.ts'
import { formatRepoPath, parseRepoPath, type RepoPath } from '../repo-path.ts'
import { ChecksumMismatch, deploy, deployByChecksum, fileOf, type Store } from '../store.ts'
import { HttpError, sendJson } from './reply.ts'

/** PUT, GET, HEAD and DELETE of /artifactory/REPO/PATH. */
export async function handleItem(
  store: Store,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const item = itemOf(url)
  switch (request.method) {
    case 'PUT':
      return put(store, request, response, item, url)
    case 'GET':
    case 'HEAD':
      return get(store, request, response, item)
    case 'DELETE': {
      const removed = store.options.trash ? await store.database.trash(item) : await store.database.remove(item)
      if (removed === 0) throw notFound(item)
      response.writeHead(204).end()
      return
    }
    default:
      throw new HttpError(405, `${request.method} is not allowed here`)
  }
}

async function put(
  store: Store,
  request: IncomingMessage,
  response: ServerResponse,
  item: RepoPath,
  url: URL,
): Promise<void> {
  const announced = announcedChecksums(request)
  try {
    if (request.headers['x-checksum-deploy'] === 'true') {
      const { sha1 } = announced
      if (sha1 === undefined || !isSha1(sha1)) throw new HttpError(400, 'X-Checksum-Sha1 is missing or not a SHA-1')
      const binary = await deployByChecksum(store, item, sha1)
      if (binary === undefined) throw new HttpError(404, `No binary with the checksum ${sha1}`)
      return created(response, item, binary)
    }
    const binary = await deploy(store, item, request, announced, pauseOf(url))
    created(response, item, binary)
  } catch (error) {
    if (error instanceof ChecksumMismatch) throw new HttpError(409, error.message)
    if (error instanceof FolderInTheWay) throw new HttpError(409, `${error.message} is a folder`)
    throw error
  }
}

async function get(store: Store, request: IncomingMessage, response: ServerResponse, item: RepoPath): Promise<void> {
  const found = await store.database.item(item)
  if (found === undefined) throw notFound(item)
  if (request.method === 'HEAD') {
    // From the database alone, like the real one: HEAD says 200 for an artifact whose file is lost.
    response.writeHead(200, itemHeaders(found)).end()
    return
  }
  const release = store.gate.read(found.binary.sha1)
  try {
    await fileOf(store, found)
    response.writeHead(200, itemHeaders(found))
    await pipeline(store.filestore.read(found.binary.sha1), response)
  } finally {
    release()
  }
}

function itemHeaders({ binary, created, name }: Item): Record<string, string | number> {
  return {
    'Content-Type': 'application/octet-stream',
    'Content-Length': binary.length,
    'Last-Modified': new Date(created).toUTCString(),
    ETag: binary.sha1,
    'X-Checksum-Sha1': binary.sha1,
    'X-Checksum-Sha256': binary.sha256,
    'X-Checksum-Md5': binary.md5,
    'X-Artifactory-Filename': encodeURIComponent(name),
  }
}

function created(response: ServerResponse, item: RepoPath, binary: Binary): void {
  const { sha1, md5, sha256, length } = binary
  const path = formatRepoPath(item)
  response.setHeader('Location', `/artifactory/${path.split('/').map(encodeURIComponent).join('/')}`)
  sendJson(response, 201, {
    repo: item.repo,
    path: path.slice(item.repo.length),
    created: new Date().toISOString(),
    createdBy: 'stand-in',
    mimeType: 'application/octet-stream',
    size: `${length}`,
    checksums: { sha1, md5, sha256 },
  })
}

function announcedChecksums(request: IncomingMessage): Partial<Binary> {
  const header = (name: string): string | undefined => request.headers[name]?.toString().toLowerCase()
  const entries = {
    sha1: header('x-checksum-sha1'),
    md5: header('x-checksum-md5'),
    sha256: header('x-checksum-sha256'),
  }
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined))
}

/** `?stand-in-pause-ms=N` on one request, in place of the environment's pause. */
export function pauseOf(url: URL): number | undefined {
  const text = url.searchParams.get('stand-in-pause-ms')
  if (text === null) return undefined
  if (!/^\d{1,7}$/.test(text)) throw new HttpError(400, 'stand-in-pause-ms must be a whole number')
  return Number(text)
}

function itemOf(url: URL): RepoPath {
  try {
    return parseRepoPath(url.pathname.slice('/artifactory/'.length))
  } catch (error) {
    throw new HttpError(400, error instanceof Error ? error.message : String(error))
  }
}

const notFound = (item: RepoPath): HttpError => new HttpError(404, `Unable to find item ${formatRepoPath(item)}`)
