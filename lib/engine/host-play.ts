import type { Task } from '../dsl/task.ts'
import type { Event } from '../event.ts'
import { AFTER_FAILURE, INTERRUPTED } from './apply.ts'
import { applySteps, befores, type ReadyStep } from './apply-steps.ts'
import { reportChange } from './before.ts'
import type { HostState } from './host-state.ts'
import { type Planned, planAll, type Step } from './plan.ts'
import { StepReporter } from './step-reporter.ts'
import { untilDoubted } from './until-doubted.ts'

export interface PlayOnHost {
  readonly play: string
  readonly become: boolean | string | undefined
  readonly tasks: readonly Task<unknown>[]
}

/** How one host came out of one play. `broken`: it takes no further part. */
export interface PlayResult {
  readonly broken: boolean
  readonly applied: boolean
}

const user = (become: boolean | string | undefined): string | undefined =>
  become === true ? 'root' : become === false ? undefined : become

const isReady = (planned: Planned): planned is ReadyStep => planned.state === 'planned'

/** One play on one host: plans, and in a run applies, verifies and re-plans until nothing is left; then the handlers. */
export class HostPlay {
  readonly #state: HostState
  readonly #play: PlayOnHost
  readonly #reporter: StepReporter
  readonly #signal: AbortSignal
  /** By identity: the same handler, written down twice, runs once. */
  readonly #notified = new Map<string, Task<unknown>>()
  #applied = false

  constructor(state: HostState, play: PlayOnHost, send: (event: Event) => void, signal: AbortSignal) {
    this.#state = state
    this.#play = play
    this.#reporter = new StepReporter(state.host.name, play.play, send)
    this.#signal = signal
  }

  async run(mode: 'apply' | 'check'): Promise<PlayResult> {
    const work = mode === 'check' ? this.#check : this.#apply
    const ran = new Set<string>()
    let sound = await work.call(this, this.#due(this.#play.tasks, 0, false))
    // A handler may notify another.
    for (let first = this.#play.tasks.length; sound; ) {
      const waiting = [...this.#notified].filter(([identity]) => !ran.has(identity))
      if (waiting.length === 0) return { broken: false, applied: this.#applied }
      for (const [identity] of waiting) ran.add(identity)
      sound = await work.call(
        this,
        this.#due(
          waiting.map(([, task]) => task),
          first,
          true,
        ),
      )
      first += waiting.length
    }
    for (const [identity, task] of this.#notified)
      if (!ran.has(identity)) this.#reporter.notice(`"${task.title}" was notified and has not run`)
    return { broken: true, applied: this.#applied }
  }

  /** The steps whose condition holds; the others are reported as skipped. */
  #due(tasks: readonly Task<unknown>[], first: number, handler: boolean): readonly Step[] {
    const steps = this.#steps(tasks, first, handler)
    const due = steps.filter(s => s.task.options.when !== false)
    this.#reporter.skip(
      steps.filter(s => !due.includes(s)),
      'its condition is false',
    )
    return due
  }

  #steps(tasks: readonly Task<unknown>[], first: number, handler: boolean): readonly Step[] {
    return tasks.map((task, i) => ({
      task,
      index: first + i,
      handler,
      as: user(task.options.become ?? this.#play.become),
    }))
  }

  /** Predicts, and writes nothing: there is no call of `apply` below this. False: something failed. */
  async #check(steps: readonly Step[]): Promise<boolean> {
    const planned = await planAll(this.#state, steps, { stopAtUnknown: false })
    const before = await befores(this.#state, planned.filter(isReady))
    for (const p of planned) {
      if (p.state === 'error') this.#reporter.endWithError(p.step, p.error)
      else if (p.state === 'unknown') {
        this.#notify(p.step)
        this.#reporter.end(p.step, { outcome: 'unknown', reason: p.because })
      } else if (p.changes.length > 0) {
        this.#notify(p.step)
        const changes = p.changes.map(c => reportChange(before.get(c)!))
        this.#reporter.end(p.step, { outcome: 'changed', changes })
      } else this.#reporter.end(p.step, { outcome: 'ok' })
    }
    this.#reporter.skip(steps.slice(planned.length), AFTER_FAILURE)
    return planned.at(-1)?.state !== 'error'
  }

  /** Makes it so. False: something failed, or the run was interrupted. */
  async #apply(steps: readonly Step[]): Promise<boolean> {
    let rest = steps
    let planned = await planAll(this.#state, rest, { stopAtUnknown: true })
    while (rest.length > 0) {
      if (this.#signal.aborted) {
        this.#reporter.skip(rest, INTERRUPTED)
        return false
      }
      const ready = untilDoubted(planned.filter(isReady))
      rest = rest.slice(ready.length)
      if (ready.every(p => p.changes.length === 0)) return this.#finish(ready, rest, planned[ready.length])
      this.#applied = true
      const next = await applySteps(this.#state, ready, this.#reporter, {
        changed: step => this.#notify(step),
        signal: this.#signal,
        meanwhile: () => planAll(this.#state, rest, { stopAtUnknown: true }),
      })
      if (!next) {
        this.#reporter.skip(rest, this.#signal.aborted ? INTERRUPTED : AFTER_FAILURE)
        return false
      }
      planned = next
    }
    return true
  }

  /** Nothing is left to apply: what is ready is ok, and what blocks the rest, if anything does, is final. */
  #finish(ready: readonly ReadyStep[], rest: readonly Step[], blocked: Planned | undefined): boolean {
    for (const { step } of ready) this.#reporter.end(step, { outcome: 'ok' })
    if (!blocked || isReady(blocked)) return true
    if (blocked.state === 'error') this.#reporter.endWithError(blocked.step, blocked.error)
    else this.#reporter.end(blocked.step, { outcome: 'failed', error: { kind: 'failed', message: blocked.because } })
    this.#reporter.skip(rest.slice(1), AFTER_FAILURE)
    return false
  }

  #notify({ task }: Step): void {
    for (const handler of [task.options.notify ?? []].flat()) this.#notified.set(handler.identity, handler)
  }
}
