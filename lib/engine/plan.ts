import type { Change, Claim } from '../changes/change.ts'
import { Unknown } from '../dsl/facts.ts'
import { Refusal } from '../errors.ts'
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
      /** What the planned changes before it make of the facts that it claims. */
      readonly found: ReadonlyMap<Claim, { readonly answer: unknown }>
    }
  | { readonly state: 'unknown'; readonly because: string }
  | { readonly state: 'error'; readonly error: unknown }
)

/** Lets all plans ask at once, against the host as it is, so that their questions travel together. Answers only count later. */
export const survey = async (state: HostState, steps: readonly Step[]): Promise<void> => {
  await Promise.allSettled(steps.map(({ task, as }) => task.plan(state.view(as, 'observed').facts)))
}

const planOne = async (state: HostState, step: Step): Promise<Planned> => {
  const { task, as } = step
  const view = state.view(as, 'expected')
  try {
    const changes = await task.plan(view.facts)
    const found = new Map<Claim, { readonly answer: unknown }>()
    for (const change of changes) {
      for (const claim of change.makes) {
        const before = state.expected.laid(claim.fact)
        if (before) found.set(claim, before)
      }
      state.expected.lay(task.title, [change])
    }
    return { step, state: 'planned', changes, found, asked: view.everything() }
  } catch (error) {
    const before = state.expected.unknown
    const asked = view.everything()
    state.expected.doubt(task.title, view.asked, task)
    if (error instanceof Unknown) return { step, state: 'unknown', because: error.message, asked }
    // It may be just what the task before will put right.
    if (error instanceof Refusal && before !== undefined)
      return { step, state: 'unknown', because: `${error.message}: so it is as long as "${before}" has not run`, asked }
    return { step, state: 'error', error, asked }
  }
}

/**
 * Plans the steps in order, each against the host as those before it will leave it. Stops behind the first error, and with
 * `stopAtUnknown` behind the first step whose plan cannot be known before those before it are applied.
 */
export const planAll = async (
  state: HostState,
  steps: readonly Step[],
  { stopAtUnknown }: { readonly stopAtUnknown: boolean },
): Promise<readonly Planned[]> => {
  await survey(state, steps)
  const planned: Planned[] = []
  for (const step of steps) {
    const one = await planOne(state, step)
    planned.push(one)
    if (one.state === 'error' || (stopAtUnknown && one.state === 'unknown')) break
  }
  return planned
}
