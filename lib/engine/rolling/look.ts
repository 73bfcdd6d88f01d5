import { type Item, isBlock, isTask, tasksOf } from '../../dsl/item.ts'
import type { Task } from '../../dsl/task.ts'
import type { RunContext } from '../context.ts'
import { userOf } from '../host-play.ts'
import type { HostState } from '../host-state.ts'
import { planAll } from '../plan.ts'
import { type Step, Steps, taskDigest } from '../step.ts'

/** Would these items change anything? `failed`: nobody could tell, because a plan failed. */
export type Looked =
  | { readonly state: 'nothing' }
  | { readonly state: 'something' }
  | { readonly state: 'failed'; readonly step: Step; readonly error: unknown }

interface What {
  readonly play: string
  readonly become: boolean | string | undefined
  readonly before: readonly Item[]
  readonly items: readonly Item[]
  /** Another node does, or did, what runs once for the play. */
  readonly follows: boolean
}

/** What is tried of a list, in order: not what runs only when something fails. */
const tried = (items: readonly Item[]): readonly Task<unknown>[] =>
  items.flatMap(item => (isTask(item) ? [item] : isBlock(item) ? tried([...item.items, ...item.always]) : []))

const owes = (host: string, { play, items }: What, { earlier }: RunContext): boolean => {
  const handlers = tasksOf(items).flatMap(task => [task.options.notify ?? []].flat())
  const known = new Set(handlers.map(taskDigest))
  return earlier?.owed(host, play).some(({ task }) => known.has(task)) ?? false
}

/** The steps that would run, under the keys that they will have: an action that a resumed run has done is not done again. */
const stepsOf = (
  host: string,
  { play, become, before, items, follows }: What,
  { earlier }: RunContext,
): readonly Step[] => {
  const steps = new Steps()
  const add = (task: Task<unknown>): Step => steps.add(task, userOf(task.options.become ?? become))
  for (const task of tasksOf(before)) add(task)
  const will = new Set(tried(items))
  return tasksOf(items)
    .map(add)
    .filter(({ task, key }) => {
      const { when, runOnce, ignoreFailure } = task.options
      const done = task.action && earlier?.handed(host, play, key) !== undefined
      return will.has(task) && when !== false && !done && !(runOnce === 'run' && follows) && !ignoreFailure
    })
}

/** Plans only, as the node is now, and says nothing of it. Rejects when the host cannot be asked. */
export const lookAhead = async (state: HostState, what: What, context: RunContext): Promise<Looked> => {
  const host = state.host.name
  if (owes(host, what, context)) return { state: 'something' }
  // What plays before this one are predicted to change lies over the facts, and a plan of ours would have to be taken off again.
  if (context.mode === 'check' && state.expected.pending !== undefined) return { state: 'something' }
  const steps = stepsOf(host, what, context)
  const places = new Set(steps.map(({ task }) => task.options.delegateTo))
  for (const delegate of places) {
    const on = delegate === undefined ? state : context.find(delegate)
    const some = steps.filter(({ task }) => task.options.delegateTo === delegate)
    const looked = await on.exclusively(() => planned(on, some, state))
    if (looked.state !== 'nothing') return looked
  }
  return { state: 'nothing' }
}

const planned = async (on: HostState, steps: readonly Step[], asking: HostState): Promise<Looked> => {
  const all = await planAll(on, steps, { stopAtUnknown: true, asking })
  on.expected.clear()
  const last = all.at(-1)
  if (last?.state === 'error') return { state: 'failed', step: last.step, error: last.error }
  const idle = all.every(p => p.state === 'planned' && p.changes.length === 0)
  return idle ? { state: 'nothing' } : { state: 'something' }
}
