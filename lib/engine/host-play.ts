import type { Change } from '../changes/change.ts'
import type { Task } from '../dsl/task.ts'
import { ConnectionError } from '../errors.ts'
import type { ChangeReport, ErrorReport, Event, Outcome, TaskReport } from '../event.ts'
import { apply, type Entry, type Fate } from './apply.ts'
import { type Before, lookBefore, reportChange } from './before.ts'
import type { HostState } from './host-state.ts'
import { type Planned, planAll, type Step } from './plan.ts'
import { reportError } from './report-error.ts'
import { verify } from './verify.ts'

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

interface End {
  readonly outcome: Outcome
  readonly changes?: readonly ChangeReport[]
  readonly reason?: string
  readonly error?: ErrorReport
}

const AFTER_FAILURE = 'not run, because a task before it failed'

const user = (become: boolean | string | undefined): string | undefined =>
  become === true ? 'root' : become === false ? undefined : become

/** One play on one host: plans, and in a run applies, verifies and re-plans until nothing is left; then the handlers. */
export class HostPlay {
  readonly #state: HostState
  readonly #play: PlayOnHost
  readonly #send: (event: Event) => void
  readonly #signal: AbortSignal
  readonly #notified = new Set<Task<unknown>>()
  readonly #started = new Map<Step, number>()
  #applied = false

  constructor(state: HostState, play: PlayOnHost, send: (event: Event) => void, signal: AbortSignal) {
    this.#state = state
    this.#play = play
    this.#send = send
    this.#signal = signal
  }

  async run(mode: 'apply' | 'check'): Promise<PlayResult> {
    const steps = this.#steps(this.#play.tasks, 0, false)
    for (const step of steps)
      if (step.task.options.when === false) this.#end(step, { outcome: 'skipped', reason: 'its condition is false' })
    const due = steps.filter(s => s.task.options.when !== false)
    const work = mode === 'check' ? this.#check : this.#apply
    if (!(await work.call(this, due))) {
      for (const handler of this.#notified)
        this.#send({
          type: 'notice',
          host: this.#state.host.name,
          text: `"${handler.title}" was notified and has not run`,
        })
      return { broken: true, applied: this.#applied }
    }
    const handlers = this.#steps([...this.#notified], steps.length, true)
    this.#notified.clear()
    return { broken: !(await work.call(this, handlers)), applied: this.#applied }
  }

  #steps(tasks: readonly Task<unknown>[], first: number, handler: boolean): readonly Step[] {
    return tasks.map((task, i) => ({
      task,
      index: first + i,
      handler,
      as: user(task.options.become ?? this.#play.become),
    }))
  }

  /** Predicts, and writes nothing: there is no call of `apply` below this. */
  async #check(steps: readonly Step[]): Promise<boolean> {
    const planned = await planAll(this.#state, steps, { stopAtUnknown: false })
    const entries = planned.flatMap(p =>
      p.state === 'planned' ? p.changes.map(change => ({ step: p.step, change })) : [],
    )
    const before = await this.#before(entries)
    for (const p of planned) {
      if (p.state === 'unknown') {
        this.#notify(p.step)
        this.#end(p.step, { outcome: 'unknown', reason: p.because })
      } else if (p.state === 'error') this.#endWithError(p.step, p.error)
      else if (p.changes.length === 0) this.#end(p.step, { outcome: 'ok' })
      else {
        this.#notify(p.step)
        this.#end(p.step, { outcome: 'changed', changes: p.changes.map(c => reportChange(before.get(c)!)) })
      }
    }
    return planned.at(-1)?.state !== 'error' || this.#skip(steps.slice(planned.length), AFTER_FAILURE)
  }

  async #apply(steps: readonly Step[]): Promise<boolean> {
    let rest = steps
    let planned = await planAll(this.#state, rest, { stopAtUnknown: true })
    while (rest.length > 0) {
      if (this.#signal.aborted) return this.#skip(rest, 'the run was interrupted')
      const ready = planned.filter(p => p.state === 'planned')
      const entries = ready.flatMap(p => p.changes.map(change => ({ step: p.step, change })))
      const blocked = planned.find(p => p.state !== 'planned')
      rest = rest.slice(ready.length)
      if (entries.length > 0) {
        const next = await this.#applyReady(ready, entries, rest)
        if (!next) return this.#skip(rest, AFTER_FAILURE)
        planned = next
        continue
      }
      for (const p of ready) this.#end(p.step, { outcome: 'ok' })
      if (!blocked) return true
      if (blocked.state === 'error') this.#endWithError(blocked.step, blocked.error)
      else if (blocked.state === 'unknown')
        this.#end(blocked.step, { outcome: 'failed', error: { kind: 'failed', message: blocked.because } })
      return this.#skip(rest.slice(1), AFTER_FAILURE)
    }
    return true
  }

  /** Applies what is ready, reads it back, and in the same batch plans what is left. `undefined`: the host is out. */
  async #applyReady(
    ready: readonly (Planned & { readonly state: 'planned' })[],
    entries: readonly Entry[],
    rest: readonly Step[],
  ): Promise<readonly Planned[] | undefined> {
    const looking = this.#before(entries)
    await Promise.all(entries.map(e => this.#state.reader(e.step.as).sent()))
    this.#applied = true
    const fates = await apply(this.#state, entries, {
      started: ({ step }) => this.#start(step),
      output: ({ step }, stream, chunk) =>
        this.#send({ type: 'output', ...this.#about(step), stream, text: chunk.toString() }),
    })
    this.#state.expected.clear()
    this.#state.forget()
    const fateOf = new Map(entries.map((e, i) => [e.change, fates[i]!]))
    const done = entries.filter(e => fateOf.get(e.change)?.state === 'done')
    const misread = this.#handOn(done, fateOf)
    const sound = done.length === entries.length
    const readerOf = new Map(entries.map(e => [e.change, this.#state.reader(e.step.as)]))
    const [before, broken, next] = await Promise.all([
      looking,
      verify(
        done.map(e => e.change),
        change => readerOf.get(change)!,
      ),
      sound && rest.length > 0 ? planAll(this.#state, rest, { stopAtUnknown: true }) : [],
    ])
    const wrong = new Map([...broken, ...misread])
    const good = ready.map(p => this.#endApplied(p, fateOf, wrong, before))
    return good.every(Boolean) ? next : undefined
  }

  #endApplied(
    { step, changes }: Planned & { readonly state: 'planned' },
    fateOf: ReadonlyMap<Change, Fate>,
    broken: ReadonlyMap<Change, unknown>,
    before: ReadonlyMap<Change, Before>,
  ): boolean {
    const report = (list: readonly Change[]) => list.map(c => reportChange(before.get(c)!))
    const fates = changes.map(c => fateOf.get(c)!)
    const bad = changes.findIndex((c, i) => fates[i]!.state !== 'done' || broken.has(c))
    if (bad < 0) {
      if (changes.length > 0) this.#notify(step)
      this.#end(step, { outcome: changes.length > 0 ? 'changed' : 'ok', changes: report(changes) })
      return true
    }
    const [fate, change] = [fates[bad]!, changes[bad]!]
    const ran = changes.filter((_, i) => fates[i]!.state === 'done')
    if (ran.length > 0) this.#notify(step)
    if (fate.state === 'not run' && ran.length === 0) this.#end(step, { outcome: 'skipped', reason: AFTER_FAILURE })
    else if (fate.state === 'not run')
      this.#end(step, { outcome: 'failed', changes: report(ran), reason: 'stopped half-way' })
    else {
      const error = fate.state === 'done' ? broken.get(change) : fate.error
      this.#endWithError(step, error, change, report(ran))
    }
    return false
  }

  async #before(entries: readonly Entry[]): Promise<ReadonlyMap<Change, Before>> {
    const readerOf = new Map(entries.map(e => [e.change, this.#state.reader(e.step.as)]))
    const found = await lookBefore(
      entries.map(e => e.change),
      change => readerOf.get(change)!,
    )
    return new Map(found.map(b => [b.change, b]))
  }

  /** Actions hand on what their output says. An output that makes no sense is the action's failure. */
  #handOn(done: readonly Entry[], fateOf: ReadonlyMap<Change, Fate>): ReadonlyMap<Change, unknown> {
    const misread = new Map<Change, unknown>()
    for (const { step, change } of done) {
      const fate = fateOf.get(change)
      if (!step.task.action || fate?.state !== 'done') continue
      try {
        this.#state.handOn(step.task.value, step.task.result(fate.output))
      } catch (error) {
        misread.set(change, error)
      }
    }
    return misread
  }

  #notify({ task }: Step): void {
    for (const handler of [task.options.notify ?? []].flat()) this.#notified.add(handler)
  }

  #skip(steps: readonly Step[], reason: string): false {
    for (const step of steps) this.#end(step, { outcome: 'skipped', reason })
    return false
  }

  #about({ task, index, handler }: Step): TaskReport {
    return { host: this.#state.host.name, play: this.#play.play, index, title: task.title, handler, at: task.at }
  }

  #start(step: Step): void {
    if (this.#started.has(step)) return
    this.#started.set(step, performance.now())
    this.#send({ type: 'task', state: 'running', ...this.#about(step) })
  }

  #end(step: Step, { outcome, changes = [], reason, error }: End): void {
    const started = this.#started.get(step)
    this.#send({
      type: 'task',
      state: 'ended',
      ...this.#about(step),
      outcome,
      changes,
      ...(reason !== undefined && { reason }),
      ...(error && { error }),
      durationMs: started === undefined ? 0 : Math.round(performance.now() - started),
    })
  }

  #endWithError(step: Step, cause: unknown, change?: Change, changes: readonly ChangeReport[] = []): void {
    const error = reportError(cause, change?.summary)
    // With nothing sent there is nothing that could have happened unseen.
    const kind = error.kind === 'unknown' && !change ? 'unreachable' : error.kind
    const outcome: Outcome = kind === 'unknown' || kind === 'unreachable' ? kind : 'failed'
    const hint =
      cause instanceof ConnectionError && kind === 'unknown'
        ? { hint: 'Nobody saw it end. The next run reads the host again before it does anything.' }
        : {}
    this.#end(step, { outcome, changes, error: { ...error, kind, ...hint } })
  }
}
