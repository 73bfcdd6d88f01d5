import type { BuiltPlay } from '../engine/build.ts'
import type { RunContext } from '../engine/context.ts'
import type { RunBinding } from '../engine/run.ts'
import { Refusal } from '../errors.ts'
import type { Host } from '../inventory/host.ts'
import { differences, isOwedHere, isWithin, type OwedHere, type Progress, stepId, told } from './compare.ts'
import { type Digest, digester } from './digest.ts'
import { inputsChanged, inputsOf } from './inputs.ts'
import type { PlanContent, SavedStep } from './saved-plan.ts'
import { savedStep } from './saved-step.ts'
import { Seen } from './seen.ts'
import type { Source } from './sources.ts'

const HINT = 'Make the plan anew (--check --plan FILE), review it, and apply that.'

/** How many differences are listed. */
const MOST = 50

const few = (reasons: readonly string[]): readonly string[] =>
  reasons.length > MOST ? [...reasons.slice(0, MOST), `and ${reasons.length - MOST} more`] : reasons

interface About {
  /** The playbook's code as it is now. */
  readonly sources: readonly Source[]
  /** See PLAN_KEY. */
  readonly key: string | undefined
  /** Given: the run is resumed. */
  readonly progress?: Progress
  /** What earlier runs of this machine owe is paid, announced or not. */
  readonly here?: OwedHere
}

/** A saved plan, and the run that must keep to it. */
export class Binding implements RunBinding {
  readonly #plan: PlanContent
  readonly #about: About
  readonly #digest: Digest
  readonly #steps: ReadonlyMap<string, SavedStep>

  constructor(plan: PlanContent, about: About) {
    this.#plan = plan
    this.#about = about
    this.#digest = digester(plan.salt, about.key)
    this.#steps = new Map(plan.steps.map(step => [stepId(step), step]))
  }

  /** Whether there is nothing to do, as far as the plan knows. */
  get empty(): boolean {
    return !this.#about.progress && this.#plan.steps.every(({ state }) => state === 'ok' || state === 'failed')
  }

  /** Throws Refusal where the playbook or the inventory is not what it was, naming what. Before any connection. */
  checkInputs(hosts: readonly Host[], plays: readonly BuiltPlay[]): void {
    this.#refuse(inputsChanged(this.#plan, inputsOf(hosts, plays, this.#about.sources, this.#digest)))
  }

  /** Watches a check of the same playbook. `verdict` throws Refusal where that comes to another plan. */
  watch({ leased }: { readonly leased: boolean }): ReturnType<RunBinding['watch']> {
    const seen = new Seen(this.#digest)
    const { progress, here } = this.#about
    const look = () =>
      differences(
        this.#plan,
        { facts: seen.facts(), steps: seen.steps() },
        { leased, ...(progress && { progress }), ...(here && { here }) },
      )
    return {
      planned: seen.planned,
      passing: () => {
        const { reasons, passing } = look()
        return reasons.length > 0 && passing
      },
      verdict: () => this.#refuse(look().reasons),
    }
  }

  /** Told of every step before it is applied. What was unknown may turn out as it likes; anything else as it was announced. */
  planned: RunContext['planned'] = (host, play, on, planned) => {
    if (planned.state !== 'planned' || planned.changes.length === 0) return
    const { key, attempt } = planned.step
    const then = this.#steps.get(stepId({ host, play, key }))
    if (then?.state === 'unknown' || then?.moving) return
    if (!then && isOwedHere({ host, play, key }, this.#about.here)) return
    const again = (then?.attempts !== undefined && attempt > 1) || this.#about.progress?.begun(host, play, key)
    if (then?.state === 'change' && again) return
    const is = savedStep({ host, play, on: on.host.name }, planned, this.#digest)
    if (then && isWithin(is, then)) return
    throw new Refusal(
      `the plan announced ${then ? told(then) : 'nothing'} for this task, and it has come to ${told(is)}`,
      { hint: `What was done before it stays done. ${HINT}` },
    )
  }

  #refuse(reasons: readonly string[]): void {
    if (reasons.length === 0) return
    const before = this.#about.progress ? 'nothing more was changed' : 'nothing was changed'
    const listed = few(reasons).map(reason => `  ${reason}`)
    throw new Refusal([`the plan does not hold any more, and ${before}:`, ...listed].join('\n'), { hint: HINT })
  }
}
