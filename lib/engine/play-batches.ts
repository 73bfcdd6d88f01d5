import { tasksOf } from '../dsl/item.ts'
import { batches } from './batches.ts'
import type { BuiltPlay } from './build.ts'
import type { RunContext } from './context.ts'
import { HostPlay } from './host-play.ts'
import { Once } from './once.ts'
import { reportError } from './report-error.ts'
import { sideBySide } from './side-by-side.ts'

/** How a play came out. */
export interface PlayedOut {
  /** Hosts that did not get to their end. */
  readonly broken: readonly string[]
  /** Something was changed. */
  readonly applied: boolean
}

/** What events say of a play: its hosts, and what is listed for each. */
export const listed = ({ hosts }: BuiltPlay) =>
  hosts.map(({ host, items }) => ({ host: host.name, tasks: tasksOf(items).map(task => task.title) }))

/** A play on its hosts, all at once or batch after batch; a batch with a failure is the last. */
export const playBatches = async (
  { play, hosts, handlers }: BuiltPlay,
  context: RunContext,
  forks: number,
): Promise<PlayedOut> => {
  const { become, serial = [] } = play.options
  const names = hosts.map(({ host }) => host.name)
  const broken: string[] = []
  let applied = false
  let once: Once | undefined
  for (const batch of batches(hosts, [serial].flat())) {
    const own = batch.map(({ host }) => host.name)
    if (broken.length > 0 || context.signal.aborted) {
      const text = `play "${play.name}" was not started on ${own.join(', ')}: the batch before it did not finish`
      context.send({ type: 'notice', text })
      continue
    }
    const inBatch = new Once(names, own, once)
    once = inBatch
    await sideBySide(
      forks,
      batch.map(({ host, items }) => async () => {
        const state = context.find(host.name)
        const one = new HostPlay(
          state,
          { play: play.name, become, once: inBatch, handlers: handlers(host.name) },
          context,
        )
        try {
          await state.connect()
        } catch (error) {
          broken.push(host.name)
          context.send({ type: 'unreachable', host: host.name, error: reportError(error) })
          one.finish()
          return
        }
        if (await one.items(items)) await one.handlers()
        const result = one.finish()
        if (result.broken) broken.push(host.name)
        applied ||= result.applied
      }),
    )
  }
  return { broken, applied }
}
