import { type Item, isBlock, isTask, tasksOf } from '../../dsl/item.ts'
import type { Task } from '../../dsl/task.ts'
import type { RunContext } from '../context.ts'
import { userOf } from '../host-play.ts'
import type { HostState } from '../host-state.ts'
import { mayBeNotified } from '../notified.ts'
import { planAll } from '../plan.ts'
import { reportError } from '../report-error.ts'
import { handlerDigest, type Step, Steps } from '../step.ts'

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
  readonly after: readonly Item[]
  /** Another node does, or did, what runs once for the play. */
  readonly follows: boolean
}

/** What is tried of a list, in order: not what runs only when something fails. */
const tried = (items: readonly Item[]): readonly Task<unknown>[] =>
  items.flatMap(item => (isTask(item) ? [item] : isBlock(item) ? tried([...item.items, ...item.always]) : []))

const owes = (host: string, { play, before, items, after }: What, { earlier }: RunContext): boolean => {
  const owed = earlier?.owed(host, play) ?? []
  if (owed.length === 0) return false
  const known = new Set(mayBeNotified(tasksOf([...before, ...items, ...after])).map(handlerDigest))
  return owed.some(({ task }) => known.has(task))
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
      const { when, runOnce } = task.options
      const done = task.action && earlier?.handed(host, play, key) !== undefined
      return will.has(task) && when !== false && !done && !(runOnce === 'run' && follows)
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

/** A plan that fails says nothing against the node where the playbook says that this failure stops nothing. */
const stopsNothing = ({ task }: Step, error: unknown): boolean =>
  task.options.ignoreFailure === true && ['failed', 'bug'].includes(reportError(error).kind)

const planned = async (on: HostState, steps: readonly Step[], asking: HostState): Promise<Looked> => {
  let idle = true
  try {
    for (let rest = steps; rest.length > 0; ) {
      const all = await planAll(on, rest, { stopAtUnknown: true, asking })
      const last = all.at(-1)
      if (last?.state === 'error' && !stopsNothing(last.step, last.error))
        return { state: 'failed', step: last.step, error: last.error }
      if (last?.state === 'unknown') return { state: 'something' }
      idle &&= all.every(p => p.state === 'error' || (p.state === 'planned' && p.changes.length === 0))
      rest = rest.slice(all.length)
    }
  } finally {
    on.expected.clear()
  }
  return idle ? { state: 'nothing' } : { state: 'something' }
}
