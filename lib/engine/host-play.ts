import { setTimeout } from 'node:timers/promises'
import type { Item } from '../dsl/item.ts'
import { tasksOf } from '../dsl/item.ts'
import type { Task } from '../dsl/task.ts'
import { Refusal } from '../errors.ts'
import { AFTER_FAILURE, INTERRUPTED, type Target } from './apply.ts'
import { applySteps, befores, CONDITION_FALSE, idleEnd, type ReadyStep } from './apply-steps.ts'
import { reportChange } from './before.ts'
import type { RunContext } from './context.ts'
import type { HostState } from './host-state.ts'
import { type Node, nodesOf, stepsOf } from './node.ts'
import { Notified } from './notified.ts'
import type { Once } from './once.ts'
import { type Planned, planAll, survey } from './plan.ts'
import { type Step, Steps } from './step.ts'
import { type End, StepReporter } from './step-reporter.ts'
import { untilDoubted } from './until-doubted.ts'

export interface PlayOnHost {
  readonly play: string
  readonly become: boolean | string | undefined
  readonly once: Once
  /** Digests of all handlers that the play has for the host, also those of tasks that take no part. Left out: not known. */
  readonly handlers?: ReadonlySet<string> | undefined
}

/** How one host came out of one play. `broken`: it takes no further part. */
export interface PlayResult {
  readonly broken: boolean
  readonly applied: boolean
}

/** The user that `become` names; undefined: the login user. */
export const userOf = (become: boolean | string | undefined): string | undefined =>
  become === true ? 'root' : become === false ? undefined : become

const isReady = (planned: Planned): planned is ReadyStep => planned.state === 'planned'

/** It was seen to end: a second time is another one. */
const isEnd = ({ outcome }: End): boolean => outcome === 'ok' || outcome === 'changed' || outcome === 'failed'

/** Nothing more is owed to the handler: it has done its work, or its failure stops nothing. */
const isPaidBy = ({ task }: Step, { outcome, error }: End): boolean =>
  outcome === 'ok' ||
  outcome === 'changed' ||
  (outcome === 'failed' && task.options.ignoreFailure === true && error?.kind !== 'refused')

const REFUSED = 'not run, because the run was refused'
const NO_RESCUE = 'what a guard forbids is not rescued'

/**
 * One play on one host, in phases: lists of items, and between or behind them the handlers that they notified. Each phase
 * says whether it went well; after one that did not, no other may follow.
 */
export class HostPlay {
  readonly #state: HostState
  readonly #play: PlayOnHost
  readonly #context: RunContext
  readonly #reporter: StepReporter
  readonly #steps = new Steps()
  readonly #notified: Notified
  #applied = false
  #sound = true
  /** The run as a whole was refused. */
  #refused = false

  constructor(state: HostState, play: PlayOnHost, context: RunContext) {
    this.#state = state
    this.#play = play
    this.#context = context
    this.#reporter = new StepReporter(state.host.name, play.play, context.send)
    this.#notified = new Notified(state.host.name, play.play, context, play.handlers)
  }

  /** Makes the items so, or in check mode predicts it. False: something failed, or the run was interrupted. */
  async items(items: readonly Item[]): Promise<boolean> {
    this.#notified.mayNotify(tasksOf(items))
    const nodes = this.#nodes(items)
    const own = stepsOf(nodes).filter(s => s.task.options.delegateTo === undefined && this.#isDue(s))
    // All questions at once, also those of tasks that cannot share a batch later.
    await survey(this.#state, own)
    this.#sound = await this.#sequence(nodes, this.#reporter)
    return this.#sound
  }

  /** Runs the handlers that were notified and have not run since. A handler may notify another. */
  async handlers(): Promise<boolean> {
    this.#sound = await this.#flush(this.#reporter)
    return this.#sound
  }

  /** Nothing more comes. What is owed is said. */
  finish(): PlayResult {
    this.#play.once.leave(this.#state.host.name)
    const owed = this.#notified.owed({ whole: this.#sound })
    // A run has said so, for each of them, by events.
    if (this.#context.mode === 'check')
      for (const { title } of owed) this.#reporter.notice(`"${title}" was notified and would not run`)
    return { broken: !this.#sound, applied: this.#applied }
  }

  #as(task: Task<unknown>): string | undefined {
    return userOf(task.options.become ?? this.#play.become)
  }

  #step(task: Task<unknown>, handler: boolean): Step {
    return this.#steps.add(task, this.#as(task), handler)
  }

  #nodes(items: readonly Item[]): readonly Node[] {
    return nodesOf(items, task => this.#step(task, false))
  }

  #isDue({ task }: Step): boolean {
    return task.options.when !== false
  }

  async #sequence(nodes: readonly Node[], reporter: StepReporter): Promise<boolean> {
    for (const [i, node] of nodes.entries()) {
      if (await this.#node(node, reporter)) continue
      const why = this.#context.signal.aborted ? INTERRUPTED : AFTER_FAILURE
      reporter.skip(stepsOf(nodes.slice(i + 1)), why)
      return false
    }
    return true
  }

  async #node(node: Node, reporter: StepReporter): Promise<boolean> {
    if (node.kind === 'flush') return this.#flush(reporter)
    if (node.kind === 'block') return this.#block(node, reporter)
    const [first] = node.steps
    return first?.task.options.runOnce
      ? this.#once(first, first.task.options.runOnce, reporter)
      : this.#segment(node.steps, reporter)
  }

  async #flush(outer: StepReporter): Promise<boolean> {
    for (let waiting = this.#notified.take(); waiting.length > 0; waiting = this.#notified.take()) {
      const tried = new Set<Task<unknown>>()
      const watch = (step: Step, end: End): void => {
        if (end.outcome === 'skipped') return
        tried.add(step.task)
        if (isEnd(end)) this.#steps.ended(step)
        // At once: a run that ends here must not repeat it.
        if (isPaidBy(step, end)) this.#notified.paid(step.task, { ran: true })
      }
      const nodes = nodesOf(waiting, task => this.#step(task, true))
      const good = await this.#sequence(nodes, outer.but({ watch }))
      for (const task of waiting)
        if (good) this.#notified.paid(task, { ran: false })
        // A rescue may let the play go on: then those that had no chance get theirs.
        else if (!tried.has(task)) this.#notified.putBack(task)
      if (!good) return false
    }
    return true
  }

  async #block(block: Extract<Node, { kind: 'block' }>, reporter: StepReporter): Promise<boolean> {
    const rescued = block.rescue.length > 0
    const before = this.#uncertain
    let good = await this.#sequence(block.items, rescued ? reporter.but({ ignoring: 'rescue' }) : reporter)
    const over = () => this.#context.signal.aborted || reporter.gone || this.#refused
    if (good && this.#context.mode === 'check' && this.#uncertain > before) this.#mayRescue(stepsOf(block.rescue))
    if (good) reporter.skip(stepsOf(block.rescue), 'no task of its block failed')
    else if (rescued && !over() && reporter.refused) reporter.skip(stepsOf(block.rescue), NO_RESCUE)
    else if (rescued && !over()) good = await this.#sequence(block.rescue, reporter)
    else reporter.skip(stepsOf(block.rescue), this.#context.signal.aborted ? INTERRUPTED : AFTER_FAILURE)
    if (over()) {
      reporter.skip(stepsOf(block.always), this.#context.signal.aborted ? INTERRUPTED : AFTER_FAILURE)
      return false
    }
    return (await this.#sequence(block.always, reporter)) && good
  }

  /** One host does it, the others wait for it. */
  async #once(step: Step, per: 'run' | 'batch', reporter: StepReporter): Promise<boolean> {
    const { once } = this.#play
    const leader = once.leader(per)
    if (leader === this.#state.host.name) {
      const good = await this.#segment([step], reporter)
      once.settle(per, step.key, { good, handed: this.#state.handedOn(step.task.value) })
      return good
    }
    if (!this.#isDue(step)) return this.#segment([step], reporter)
    const { good, handed } = await once.ended(per, step.key)
    if (handed) this.#state.handOn(step.task.value, handed)
    reporter.skip([step], good ? `runs once, on ${leader}` : `${leader}, which runs it for all, did not`)
    return good
  }

  /** Steps that are planned together. Alone, a step may have more to it. */
  async #segment(steps: readonly Step[], outer: StepReporter): Promise<boolean> {
    const due = steps.filter(s => this.#isDue(s))
    outer.skip(
      steps.filter(s => !due.includes(s)),
      CONDITION_FALSE,
    )
    const left: Step[] = []
    for (const step of due) {
      const before = this.#doneBefore(step, outer)
      if (before === 'lost') {
        outer.skip(due.slice(due.indexOf(step) + 1), AFTER_FAILURE)
        return false
      }
      if (before === 'no') left.push(step)
    }
    const [first] = left
    if (!first) return true
    const { delegateTo, ignoreFailure, retries } = first.task.options
    const on = delegateTo === undefined ? this.#state : this.#context.find(delegateTo)
    const reporter =
      delegateTo === undefined && !ignoreFailure
        ? outer
        : outer.but({
            ...(delegateTo !== undefined && { where: on.host.name }),
            ...(ignoreFailure && { ignoring: true }),
          })
    const good = await (retries && this.#context.mode === 'apply'
      ? this.#tries(on, first, reporter)
      : this.#execute(on, left, reporter))
    const over = reporter.gone || reporter.refused || this.#refused || this.#context.signal.aborted
    return good || (ignoreFailure === true && !over)
  }

  /** In a resumed run an action that is done is not done again; what it handed on is taken from the journal. */
  #doneBefore(step: Step, reporter: StepReporter): 'yes' | 'no' | 'lost' {
    const { earlier } = this.#context
    if (!step.task.action || step.handler || !earlier) return 'no'
    const printed = earlier.handed(this.#state.host.name, this.#play.play, step.key)
    if (!printed) return 'no'
    if (printed.masked) {
      const message = 'it is done, and what it handed on was secret: the journal does not have it'
      reporter.endWithError(step, new Refusal(message, { hint: 'Run it anew, without --resume.' }))
      return 'lost'
    }
    if (printed.cut) {
      const message = `"${step.task.title}" is done, and what it handed on was too long for the journal`
      this.#state.handOn(step.task.value, {
        error: new Refusal(message, { hint: 'Run it anew, without --resume.' }),
      })
      reporter.skip([step], 'done before the run was resumed')
      return 'yes'
    }
    const [stdout, stderr] = [Buffer.from(printed.stdout), Buffer.from(printed.stderr)]
    const output = { code: printed.code ?? 0, stdout, stderr, droppedBytes: 0, durationMs: 0 }
    this.#state.handOn(step.task.value, { value: step.task.result(output) })
    reporter.skip([step], 'done before the run was resumed')
    return 'yes'
  }

  async #tries(on: HostState, step: Step, reporter: StepReporter): Promise<boolean> {
    const { attempts, delaySeconds } = step.task.options.retries!
    for (let attempt = 1; ; attempt++) {
      const now = { ...step, attempt }
      const ends: [Step, End][] = []
      const last = attempt >= attempts
      const good = await this.#execute(
        on,
        [now],
        last ? reporter : reporter.but({ catch: (s, e) => ends.push([s, e]) }),
      )
      if (last) return good
      const again = ends.every(([, { error }]) => error?.kind === 'failed')
      if (good || !again || this.#context.signal.aborted || reporter.gone) {
        for (const [s, end] of ends) reporter.end(s, end)
        return good
      }
      const why = ends[0]?.[1].error?.message ?? 'it failed'
      reporter.notice(
        `"${step.task.title}": attempt ${attempt} of ${attempts} failed (${why}); again in ${delaySeconds} s`,
      )
      await setTimeout(delaySeconds * 1000, undefined, { signal: this.#context.signal }).catch(() => {})
      if (this.#context.signal.aborted) {
        for (const [s, end] of ends) reporter.end(s, end)
        return false
      }
      on.expected.clear()
      on.forget()
    }
  }

  #execute(on: HostState, steps: readonly Step[], reporter: StepReporter): Promise<boolean> {
    return on.exclusively(() =>
      this.#context.mode === 'check'
        ? this.#check(on, steps, reporter)
        : // What was planned and not applied is not to come: nothing that is planned next may count on it.
          this.#apply(on, steps, reporter).finally(() => on.expected.clear()),
    )
  }

  /** Steps that may change something, so far. */
  #uncertain = 0

  #tell(on: HostState, planned: readonly Planned[]): void {
    for (const one of planned) {
      if (one.state !== 'planned' || one.changes.length > 0) this.#uncertain++
      this.#context.planned(this.#state.host.name, this.#play.play, on, one)
    }
  }

  /** Nobody knows whether the block will fail, nor how it leaves the host if it does. */
  #mayRescue(steps: readonly Step[]): void {
    const because = 'it runs only if a task of its block fails'
    const may = steps.filter(step => this.#isDue(step))
    this.#tell(
      this.#state,
      may.map(step => ({ step, state: 'unknown', because, asked: [] })),
    )
  }

  /** Predicts, and writes nothing: there is no call of `apply` below this. False: something failed. */
  async #check(on: HostState, steps: readonly Step[], reporter: StepReporter): Promise<boolean> {
    const planned = await planAll(on, steps, { stopAtUnknown: false, asking: this.#state })
    this.#tell(on, planned)
    const before = await befores(on, planned.filter(isReady))
    for (const p of planned) {
      if (p.state === 'error') reporter.endWithError(p.step, p.error)
      else if (p.state === 'unknown') {
        this.#notified.add(p.step.task)
        reporter.end(p.step, { outcome: 'unknown', reason: p.because })
      } else if (p.changes.length > 0) {
        this.#notified.add(p.step.task)
        const changes = p.changes.map(c => reportChange(before.get(c)!))
        reporter.end(p.step, { outcome: 'changed', changes })
      } else reporter.end(p.step, idleEnd(p))
    }
    reporter.skip(steps.slice(planned.length), AFTER_FAILURE)
    return planned.at(-1)?.state !== 'error'
  }

  /** Makes it so. False: something failed, or the run was interrupted. */
  async #apply(on: HostState, steps: readonly Step[], reporter: StepReporter): Promise<boolean> {
    const { name } = this.#state.host
    const target: Target = { state: on, host: name, play: this.#play.play, context: this.#context }
    const plan = (some: readonly Step[]) => planAll(on, some, { stopAtUnknown: true, asking: this.#state })
    let rest = steps
    let planned = await plan(rest)
    while (rest.length > 0) {
      if (this.#context.signal.aborted) {
        reporter.skip(rest, INTERRUPTED)
        return false
      }
      const ready = untilDoubted(planned.filter(isReady))
      const changing = ready.some(p => p.changes.length > 0)
      if (changing) {
        const admitted = await this.#context.admit(on)
        if (admitted === 'no') {
          this.#refused = true
          reporter.skip(rest, this.#context.signal.aborted ? INTERRUPTED : REFUSED)
          return false
        }
        if (admitted === 'again') {
          on.expected.clear()
          on.forget()
          planned = await plan(rest)
          continue
        }
      }
      const announced = this.#announced(on, ready, rest, reporter)
      if (!announced) return false
      rest = rest.slice(ready.length)
      if (!changing) return this.#finish(ready, rest, planned[ready.length], reporter)
      this.#applied = true
      this.#notified.expect(ready.filter(p => p.changes.length > 0).map(p => p.step.task))
      const next = await applySteps(target, ready, reporter, {
        changed: step => this.#notified.add(step.task),
        meanwhile: () => plan(rest),
      })
      this.#notified.settle()
      // Seen from here, what was read of the other host is what it was before.
      if (on !== this.#state) this.#state.forget()
      if (!next) {
        reporter.skip(rest, this.#context.signal.aborted ? INTERRUPTED : AFTER_FAILURE)
        return false
      }
      planned = next
    }
    return true
  }

  /** A saved plan allows what it announced, and nothing else. */
  #announced(on: HostState, ready: readonly ReadyStep[], rest: readonly Step[], reporter: StepReporter): boolean {
    for (const [i, one] of ready.entries())
      try {
        this.#tell(on, [one])
      } catch (error) {
        if (!(error instanceof Refusal)) throw error
        reporter.skip(rest.slice(0, i), 'not run, because one behind it is not what the plan announced')
        reporter.endWithError(one.step, error)
        reporter.skip(rest.slice(i + 1), AFTER_FAILURE)
        return false
      }
    return true
  }

  /** Nothing is left to apply: what is ready is ok, and what blocks the rest, if anything does, is final. */
  #finish(
    ready: readonly ReadyStep[],
    rest: readonly Step[],
    blocked: Planned | undefined,
    reporter: StepReporter,
  ): boolean {
    for (const one of ready) reporter.end(one.step, idleEnd(one))
    if (!blocked || isReady(blocked)) return true
    if (blocked.state === 'error') reporter.endWithError(blocked.step, blocked.error)
    else reporter.end(blocked.step, { outcome: 'failed', error: { kind: 'failed', message: blocked.because } })
    reporter.skip(rest.slice(1), AFTER_FAILURE)
    return false
  }
}
