import type { Change, Claim } from '../changes/change.ts'
import { type Facts, Unknown } from '../dsl/facts.ts'
import type { Task } from '../dsl/task.ts'
import { BatonError, Refusal } from '../errors.ts'
import { showSafely } from '../secret.ts'
import type { HostState } from './host-state.ts'
import type { Asked } from './knowledge.ts'
import type { Step } from './step.ts'

export type Planned = {
  readonly step: Step
  /** What it was planned from, of this host and of others. */
  readonly asked: readonly Asked[]
} & (
  | {
      readonly state: 'planned'
      readonly changes: readonly Change[]
      /** Its condition is false: there are no changes. */
      readonly skipped?: true
      /** What the planned changes before it make of the facts that it claims. */
      readonly found: ReadonlyMap<Claim, { readonly answer: unknown }>
    }
  | { readonly state: 'unknown'; readonly because: string }
  | { readonly state: 'error'; readonly error: unknown }
)

/** Lets all plans ask at once, against the host as it is, so that their questions travel together. Answers only count later. */
export const survey = async (state: HostState, steps: readonly Step[], asking = state): Promise<void> => {
  await Promise.allSettled(
    steps.map(({ task, as }) => {
      const { facts } = state.view(as, 'observed', asking)
      return planned(task, facts)
    }),
  )
}

/** Undefined: its condition is false. */
const planned = async (task: Task<unknown>, facts: Facts): Promise<readonly Change[] | undefined> => {
  const { when } = task.options
  if (typeof when === 'function') {
    const holds: unknown = await when(facts)
    if (typeof holds !== 'boolean')
      throw new BatonError(`its condition gave ${showSafely(holds, 60)}`, { hint: 'It must return true or false.' })
    if (!holds) return undefined
  }
  return task.plan(facts)
}

const planOne = async (state: HostState, step: Step, asking: HostState): Promise<Planned> => {
  const { task, as } = step
  const view = state.view(as, 'expected', asking)
  try {
    const plan = await planned(task, view.facts)
    const changes = plan ?? []
    const found = new Map<Claim, { readonly answer: unknown }>()
    for (const change of changes) {
      for (const claim of change.makes) {
        const before = state.expected.laid(claim.fact)
        if (before) found.set(claim, before)
      }
      state.expected.lay(task.title, [change])
    }
    return { step, state: 'planned', changes, ...(!plan && { skipped: true }), found, asked: view.everything() }
  } catch (error) {
    const before = state.expected.unknown
    const asked = view.everything()
    const isUnknown = error instanceof Unknown || (error instanceof Refusal && before !== undefined)
    // One that fails changes nothing: what a rescue asks is as it was.
    if (isUnknown) state.expected.doubt(task.title, view.asked, task)
    if (error instanceof Unknown) return { step, state: 'unknown', because: error.message, asked }
    // It may be just what the task before will put right.
    if (error instanceof Refusal && before !== undefined)
      return { step, state: 'unknown', because: `${error.message}: so it is as long as "${before}" has not run`, asked }
    return { step, state: 'error', error, asked }
  }
}

/**
 * Plans the steps in order, each against the host as those before it will leave it. `asking`: the host whose steps they are,
 * where it delegates them to this one: what earlier tasks handed on is looked for there. Stops behind the first error, and with
 * `stopAtUnknown` behind the first step whose plan cannot be known before those before it are applied.
 */
export const planAll = async (
  state: HostState,
  steps: readonly Step[],
  { stopAtUnknown, asking = state }: { readonly stopAtUnknown: boolean; readonly asking?: HostState },
): Promise<readonly Planned[]> => {
  await survey(state, steps, asking)
  const all: Planned[] = []
  for (const step of steps) {
    const one = await planOne(state, step, asking)
    all.push(one)
    if (one.state === 'error' || (stopAtUnknown && one.state === 'unknown')) break
  }
  return all
}
