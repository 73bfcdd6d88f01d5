import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { checkConsistency } from '../consistency.ts'
import type { Instance } from '../database/database.ts'
import type { Prune } from '../prune.ts'
import { BinaryMissing, type Store } from '../store.ts'
import { authorize } from './auth.ts'
import { type Phase, routerHealth } from './health.ts'
import { handleItem } from './items.ts'
import { HttpError, sendError, sendJson, sendText } from './reply.ts'
import { handleStorage } from './storage.ts'

/** What there is once the database was accepted. */
export interface Running {
  readonly store: Store
  readonly prune: Prune
  readonly instance: Instance
}

export interface Context {
  readonly nodeId: string
  readonly version: string
  readonly requireAuth: boolean
  phase(): Phase
  running(): Running | undefined
  onError(message: string): void
}

/** The same answers on every port; the real router passes /artifactory on in the same way. */
export function handler(context: Context): RequestListener {
  return (request, response) => {
    response.setHeader('X-Artifactory-Node-Id', context.nodeId)
    response.setHeader('Server', `Artifactory-stand-in/${context.version}`)
    route(context, request, response).catch((error: unknown) => fail(context, request, response, error))
  }
}

async function route(context: Context, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://stand-in')
  const path = url.pathname
  if (await handleHealth(context, path, response)) return

  authorize(request, context.requireAuth)
  const running = context.phase() === 'STARTING' ? undefined : context.running()
  if (running === undefined) throw new HttpError(503, 'Artifactory stand-in is starting up')
  const { store, prune, instance } = running
  const storage = /^\/artifactory\/api\/system\/storage\/(.+)$/.exec(path)?.[1]
  if (storage !== undefined) {
    return handleStorage({ store, prune, serverId: context.nodeId }, storage, request, response, url)
  }
  switch (`${request.method} ${path}`) {
    case 'GET /artifactory/api/system/version':
      return sendJson(response, 200, {
        version: context.version,
        revision: 'stand-in',
        addons: [],
        license: 'stand-in',
      })
    case 'POST /artifactory/api/trash/empty':
      return sendJson(response, 200, { removed: await store.database.emptyTrash() })
    case 'GET /artifactory/api/stand-in/consistency':
      return sendJson(response, 200, await checkConsistency(store, url.searchParams.get('deep') === 'true'))
    case 'GET /artifactory/api/stand-in/instance':
      return sendJson(response, 200, {
        standIn: true,
        nodeId: context.nodeId,
        version: context.version,
        database: store.database.kind,
        ...instance,
        servers: await store.database.servers(),
      })
  }
  if (/^\/artifactory\/(?!api\/|ui\/|webapp\/)./.test(path)) return handleItem(store, request, response, url)
  throw new HttpError(404, `no ${request.method} of ${path}`)
}

/** These answer without a user, and while the server is starting or stopping. */
async function handleHealth(context: Context, path: string, response: ServerResponse): Promise<boolean> {
  switch (path) {
    case '/artifactory/api/v1/system/liveness':
    case '/router/api/v1/system/liveness':
      sendJson(response, 200, { code: 'OK' })
      return true
    case '/artifactory/api/system/ping':
    case '/access/api/v1/system/ping':
      if (await ready(context)) sendText(response, 200, 'OK')
      else sendText(response, 503, 'not ready')
      return true
    case '/artifactory/api/v1/system/readiness':
    case '/router/api/v1/system/readiness': {
      const well = await ready(context)
      sendJson(response, well ? 200 : 503, { code: well ? 'OK' : 'NOT_READY' })
      return true
    }
    case '/router/api/v1/system/health': {
      const well = await ready(context)
      const body = routerHealth(context.nodeId, context.running()?.instance.id ?? 'starting', well)
      sendJson(response, well ? 200 : 503, body)
      return true
    }
    default:
      return false
  }
}

async function ready(context: Context): Promise<boolean> {
  const running = context.running()
  if (context.phase() !== 'RUNNING' || running === undefined) return false
  return running.store.database.ping().then(
    () => true,
    () => false,
  )
}

function fail(context: Context, request: IncomingMessage, response: ServerResponse, error: unknown): void {
  if (!(error instanceof HttpError)) {
    const text = error instanceof Error ? error.message : String(error)
    if (!(error instanceof BinaryMissing)) context.onError(`${request.method} ${request.url}: ${text}`)
  }
  if (response.headersSent || response.destroyed) {
    // Half an artifact was sent: the client must see a broken connection, not an end.
    response.destroy()
    return
  }
  const answer =
    error instanceof HttpError ? error : new HttpError(500, error instanceof Error ? error.message : 'error')
  // What the client still sends of a refused upload is not read.
  if (!request.complete) response.setHeader('Connection', 'close')
  sendError(response, answer)
}
