import { Limiter } from '../../connection/limiter.ts'
import type { Item } from '../../dsl/item.ts'
import { ConnectionError } from '../../errors.ts'
import type { RunContext } from '../context.ts'
import { userOf } from '../host-play.ts'
import type { HostState } from '../host-state.ts'
import { Once } from '../once.ts'
import { reportError } from '../report-error.ts'
import { StepReporter } from '../step-reporter.ts'
import { type BuiltNode, type BuiltRolling, rulesOf } from './built.ts'
import { type Clock, clock as realClock } from './clock.ts'
import { lookAhead } from './look.ts'
import { ask, next } from './machine.ts'
import { newRoll } from './new-roll.ts'
import { NodeWork, type Worked } from './node-work.ts'
import { RollReport } from './report.ts'
import { type Effect, isFinal, isOver, type Outcome, type Roll, type RollEvent, type RollNode } from './roll.ts'
import { asking } from './round.ts'
import { gate, healthy, soak, type Watched } from './watch.ts'
import { closing, refusal } from './words.ts'

export interface RollingPlayOnHosts {
  readonly play: string
  readonly become: boolean | string | undefined
  readonly built: BuiltRolling
  /** The items of the hosts that are rolled; the other hosts of the play's groups only count. */
  readonly items: ReadonlyMap<string, readonly Item[]>
  /** Hosts that are asked for their health at the same time. */
  readonly forks: number
}

/** How a roll came out. */
export interface RollResult {
  /** Hosts that did not get to their end: no play that builds on this one may follow. */
  readonly broken: readonly string[]
  readonly applied: boolean
}

type Answer = readonly [type: Outcome, reason?: string]

const answerOf = (worked: Worked): Answer =>
  worked.state === 'passed' ? ['passed'] : [worked.state === 'interrupted' ? 'parked' : 'failed', worked.reason]

/** Rolls over the nodes of a play, or predicts how it would. Its product is events. Never rejects for what a host does. */
export const roll = (play: RollingPlayOnHosts, context: RunContext, clock: Clock = realClock): Promise<RollResult> =>
  new Drive(play, context, clock).run()

class Drive {
  readonly #play: RollingPlayOnHosts
  readonly #context: RunContext
  readonly #clock: Clock
  readonly #nodes: ReadonlyMap<string, BuiltNode>
  readonly #report: RollReport
  readonly #work = new Map<string, NodeWork>()
  readonly #limiter: Limiter
  readonly #asked = new Map<string, Answer>()
  #once: { readonly batch: number; readonly leader: string; readonly of: Once } | undefined
  #roll: Roll
  /** That the run is refused was said by whoever refused it. */
  #said = false
  #over: () => void = () => {}
  #fail: (error: unknown) => void = () => {}

  constructor(play: RollingPlayOnHosts, context: RunContext, clock: Clock) {
    const { built, items } = play
    this.#play = play
    this.#context = context
    this.#clock = clock
    this.#nodes = new Map(built.nodes.map(node => [node.host.name, node]))
    this.#limiter = new Limiter(play.forks)
    this.#report = new RollReport(play.play, context, { nodes: this.#nodes, soaks: built.options.soakSeconds > 0 })
    const names = [...this.#nodes.keys()]
    this.#roll = newRoll(rulesOf(built), {
      hosts: names.filter(name => items.has(name)),
      bystanders: names.filter(name => !items.has(name)),
      ...(context.earlier && { earlier: context.earlier.rolling(play.play) }),
    })
  }

  async run(): Promise<RollResult> {
    const { signal } = this.#context
    const interrupt = (): void => this.#take({ type: 'interrupt' })
    const over = new Promise<void>((resolve, reject) => {
      this.#over = resolve
      this.#fail = reject
    })
    this.#report.begin(this.#roll)
    const first = ask(this.#roll)
    this.#roll = first.roll
    if (signal.aborted) interrupt()
    signal.addEventListener('abort', interrupt)
    try {
      this.#start(first.effects)
      await over
    } finally {
      signal.removeEventListener('abort', interrupt)
    }
    return this.#end()
  }

  #take(event: RollEvent): void {
    const before = this.#roll
    const { roll: after, effects } = next(before, event)
    this.#roll = after
    this.#report.moved(before, after)
    // Whoever waits for what a node does once, for all, must not wait for one that does nothing more.
    for (const node of after.nodes) if (isFinal(node)) this.#once?.of.leave(node.host)
    this.#start(effects)
  }

  #start(effects: readonly Effect[]): void {
    for (const effect of effects)
      this.#do(effect)
        .then(([type, reason]) => this.#take({ type, host: effect.host, ...(reason !== undefined && { reason }) }))
        .catch(error => this.#fail(error))
    if (isOver(this.#roll)) this.#over()
  }

  #do({ do: what, host }: Effect): Promise<Answer> {
    const node = this.#nodes.get(host)!
    switch (what) {
      case 'ask':
        return this.#limiter.run('ask', () => this.#ask(node))
      case 'look':
        return this.#look(node)
      case 'drain':
        return this.#drain(node)
      case 'change':
        return this.#change(node)
      case 'gate':
        return this.#watch(node, around => gate(this.#play.built.options.gate, around), this.#context.stop)
      case 'return':
        return this.#hook(node, node.after)
      case 'soak':
        return this.#soak(node)
    }
  }

  async #ask(node: BuiltNode): Promise<Answer> {
    const { mode } = this.#context
    const { name } = node.host
    // In check mode nothing happens to a node: it is asked once, and one that would be done is well.
    if (mode === 'check' && this.#now(name).state === 'done') return ['passed']
    const known = mode === 'check' ? this.#asked.get(name) : undefined
    const answer = known ?? (await this.#health(node))
    this.#asked.set(name, answer)
    return answer
  }

  async #health(node: BuiltNode): Promise<Answer> {
    const state = this.#context.find(node.host.name)
    try {
      await state.connect()
    } catch (error) {
      return this.#gone(node, error)
    }
    const { mode, signal } = this.#context
    const around = { ask: this.#asking(node), clock: this.#clock, signal }
    const round = await healthy(this.#play.built.options.gate, around, mode === 'check' ? 1 : undefined)
    if (round.unreachable) return this.#gone(node, round.unreachable)
    return round.no === undefined ? ['passed'] : ['failed', round.no]
  }

  async #look(node: BuiltNode): Promise<Answer> {
    const { name } = node.host
    const { play, become } = this.#play
    const state = this.#context.find(name)
    const items = this.#items(name)
    const follows = this.#once !== undefined && this.#once.leader !== name
    const looked = await lookAhead(
      state,
      { play, become, before: node.before, items, after: node.after, follows },
      this.#context,
    )
    if (looked.state === 'something') {
      await this.#admit(state)
      return ['passed']
    }
    if (looked.state === 'nothing') {
      const reported = await this.#workOf(name).report(items)
      return reported.state === 'passed' ? ['nothing'] : answerOf(reported)
    }
    new StepReporter(name, play, this.#context.send).endWithError(looked.step, looked.error)
    const { message } = reportError(looked.error)
    return [looked.error instanceof ConnectionError ? 'unreachable' : 'failed', `${looked.step.task.title}: ${message}`]
  }

  /** Where the run as a whole must not change anything, no node is said to be taken out. */
  async #admit(state: HostState): Promise<void> {
    if (this.#context.mode === 'check') return
    const admitted = await this.#context.admit(state)
    if (admitted === 'again') state.forget()
    if (admitted !== 'no') return
    this.#said = true
    this.#take({ type: 'interrupt', end: 'refused' })
  }

  async #drain(node: BuiltNode): Promise<Answer> {
    const answer = await this.#hook(node, node.before)
    const { doomed } = this.#now(node.host.name)
    return doomed && answer[1] !== undefined ? [answer[0], `it could not be taken out: ${answer[1]}`] : answer
  }

  async #hook({ host }: BuiltNode, items: readonly Item[]): Promise<Answer> {
    return items.length === 0 ? ['passed'] : answerOf(await this.#workOf(host.name).hook(items))
  }

  async #change({ host }: BuiltNode): Promise<Answer> {
    return answerOf(await this.#workOf(host.name).items(this.#items(host.name)))
  }

  async #soak(node: BuiltNode): Promise<Answer> {
    const { soakSeconds, gate: times } = this.#play.built.options
    if (soakSeconds === 0) return ['passed']
    // It is back already: whoever interrupts need not wait for what is only looking.
    return this.#watch(node, around => soak(soakSeconds, times, around), this.#context.signal)
  }

  async #watch(
    node: BuiltNode,
    watch: (around: Parameters<typeof gate>[1]) => Promise<Watched>,
    signal: AbortSignal,
  ): Promise<Answer> {
    if (this.#context.mode === 'check') return ['passed']
    const watched = await watch({ ask: this.#asking(node), clock: this.#clock, signal })
    if (watched.state === 'held') return ['passed']
    if (watched.state === 'interrupted') return ['parked']
    if (watched.round.unreachable) return this.#gone(node, watched.round.unreachable)
    return ['failed', watched.reason]
  }

  #gone({ host }: BuiltNode, error: unknown): Answer {
    const report = reportError(error)
    const { bystander, state } = this.#now(host.name)
    const known = state === 'unchanged' || bystander
    if (!known) this.#context.send({ type: 'unreachable', host: host.name, error: report })
    return ['unreachable', report.message]
  }

  #asking({ host, checks }: BuiltNode) {
    return asking(this.#context.find(host.name), userOf(this.#play.become), checks, this.#clock)
  }

  #items(host: string): readonly Item[] {
    return this.#play.items.get(host) ?? []
  }

  #now(host: string): RollNode {
    return this.#roll.nodes.find(n => n.host === host)!
  }

  /** Made when the node begins, so that the first to begin is the one that does what is done once. */
  #workOf(host: string): NodeWork {
    const known = this.#work.get(host)
    if (known) return known
    const { play, become } = this.#play
    const { state, batch } = this.#now(host)
    const handlers = this.#play.built.handlers?.(host)
    const once =
      state === 'waiting' ? new Once([this.#once?.leader ?? host], [host], this.#once?.of) : this.#onceOf(host, batch)
    const work = new NodeWork(this.#context.find(host), { play, become, once, handlers }, this.#context)
    this.#work.set(host, work)
    return work
  }

  #onceOf(host: string, batch: number): Once {
    const leader = this.#once?.leader ?? host
    if (this.#once?.batch !== batch) this.#once = { batch, leader, of: new Once([leader], [host], this.#once?.of) }
    return this.#once.of
  }

  #end(): RollResult {
    const { play } = this.#play
    const roll = this.#roll
    const results = [...this.#work.values()].map(work => work.finish())
    if (roll.end === 'refused' && !this.#said) this.#context.send({ type: 'refused', error: refusal(play, roll) })
    const text = closing(play, roll)
    if (text !== undefined) this.#context.send({ type: 'notice', text })
    const broken = roll.nodes.filter(n => !n.bystander && n.state !== 'done' && n.state !== 'unchanged')
    return { broken: broken.map(n => n.host), applied: results.some(r => r.applied) }
  }
}
