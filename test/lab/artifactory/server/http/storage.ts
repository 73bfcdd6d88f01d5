import type { IncomingMessage, ServerResponse } from 'node:http'
import { collectGarbage } from '../garbage-collection.ts'
import type { Prune, PruneOptions } from '../prune.ts'
import type { Store } from '../store.ts'
import { pauseOf } from './items.ts'
import { HttpError, sendJson } from './reply.ts'

/**
 * POST /artifactory/api/system/storage/{gc,prune,prune/start,prune/stop} and GET prune/status.
 *
 * https://jfrog.com/help/r/jfrog-rest-apis/run-garbage-collection
 * https://jfrog.com/help/r/jfrog-rest-apis/pruning-unreferenced-data-pud-apis (the paths of status and stop are a guess)
 */
export async function handleStorage(
  context: { store: Store; prune: Prune; serverId: string },
  action: string,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const { store, prune } = context
  switch (`${request.method} ${action}`) {
    case 'POST gc': {
      const pause = pauseOf(url)
      const result = await locked(context, 'gc', () => collectGarbage(store, pause))
      return sendJson(response, 200, result)
    }
    case 'POST prune': {
      const whole = { dryRun: false, binaryOlderThanDays: 0 }
      await lock(context, 'prune')
      return sendJson(response, 200, await prune.run(whole, () => unlock(context, 'prune')))
    }
    case 'POST prune/start': {
      const options = await pruneOptions(request)
      await lock(context, 'prune')
      void prune.run(options, () => unlock(context, 'prune'))
      return sendJson(response, 202, prune.status)
    }
    case 'POST prune/stop':
      prune.stop()
      return sendJson(response, 200, prune.status)
    case 'GET prune/status':
      return sendJson(response, 200, prune.status)
    default:
      throw new HttpError(404, `no ${request.method} of storage/${action}`)
  }
}

type Locking = { store: Store; serverId: string }

async function lock({ store, serverId }: Locking, key: string): Promise<void> {
  const taken = await store.database.lock('generic', key, serverId, Date.now())
  if (!taken) throw new HttpError(409, `${key} is running already`)
}

async function unlock({ store, serverId }: Locking, key: string): Promise<void> {
  await store.database.unlock('generic', key, serverId).catch((error: unknown) => {
    store.log.error(`cannot release the lock of ${key}: ${error instanceof Error ? error.message : String(error)}`)
  })
}

async function locked<T>(context: Locking, key: string, work: () => Promise<T>): Promise<T> {
  await lock(context, key)
  try {
    return await work()
  } finally {
    await unlock(context, key)
  }
}

async function pruneOptions(request: IncomingMessage): Promise<PruneOptions> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  let body: unknown
  try {
    body = JSON.parse(Buffer.concat(chunks).toString('utf8') || '{}')
  } catch {
    throw new HttpError(400, 'the body is not JSON')
  }
  const fields = (body ?? {}) as Record<string, unknown>
  const { dryRun = false, binaryOlderThanDays = 1, startFromDirectory, startFromBinary } = fields
  if (typeof dryRun !== 'boolean') throw new HttpError(400, 'dryRun must be true or false')
  if (typeof binaryOlderThanDays !== 'number' || !(binaryOlderThanDays >= 0)) {
    throw new HttpError(400, 'binaryOlderThanDays must be a number of days')
  }
  return {
    dryRun,
    binaryOlderThanDays,
    ...(typeof startFromDirectory === 'string' ? { startFromDirectory } : {}),
    ...(typeof startFromBinary === 'string' ? { startFromBinary } : {}),
  }
}
