import { randomBytes } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import type { Connection } from '../connection/connection.ts'
import type { Playbook } from '../dsl/playbook.ts'
import { EXIT, Refusal } from '../errors.ts'
import type { Event, Origin } from '../event.ts'
import type { Host } from '../inventory/host.ts'
import { Admission } from './admission.ts'
import { type Affected, affectedBy } from './affected.ts'
import { type BuiltPlay, build } from './build.ts'
import type { Earlier, RunContext } from './context.ts'
import { Dressing, type LeaseOptions } from './dressing.ts'
import { EventQueue } from './event-queue.ts'
import { Fleet } from './host-state.ts'
import { listed, playBatches } from './play-batches.ts'
import type { HostProblem } from './preflight.ts'
import { reportError } from './report-error.ts'
import { roll } from './rolling/drive.ts'
import type { Selection } from './select.ts'
import { sideBySide } from './side-by-side.ts'
import { Summary } from './summary.ts'

/** Where events go as they happen. */
export interface Recorder {
  record(event: Event): void
  /** Resolves when everything recorded so far would outlive a crash of this machine. */
  durable(): Promise<void>
}

export interface RunOptions {
  readonly mode: 'apply' | 'check'
  /** Hosts worked on at the same time. */
  readonly forks: number
  /** Names of the hosts that take part; left out: all. The others may still be asked for facts. */
  readonly limit?: ReadonlySet<string>
  /** Which tasks take part; left out: all. */
  readonly selection?: Selection
  /** Exit code 3 instead of 0 when anything is, or would be, changed. */
  readonly expectNoChanges: boolean
  /** Aborted: what is in flight is finished, nothing new begins, exit code 130. */
  readonly signal: AbortSignal
  /** Aborted: what is in flight is ended, too. */
  readonly stop?: AbortSignal
  /** What the run is called. Left out: a new name. A resumed run keeps its name. */
  readonly id?: string
  readonly recorder?: Recorder
  /** The run that this one goes on with, or whose debts it pays. */
  readonly earlier?: Earlier
  /** True: `earlier` is resumed, and not only paid for. */
  readonly resume?: boolean
  /** Left out: no lease is taken, and no command outlives its connection; for tests. */
  readonly lease?: LeaseOptions
  readonly planned?: RunContext['planned']
  /** Told of what the run is made of, before any connection. */
  readonly built?: (hosts: readonly Host[], plays: readonly BuiltPlay[]) => void
  /** The run keeps to a saved plan, or is refused before its first change. */
  readonly binding?: RunBinding
  /** What the journal says of where the run was started. */
  readonly origin?: Origin
  /** How a person goes on with a run that did not end well. */
  readonly resumeCommand?: string
  /** Said when the run has begun. */
  readonly notices?: readonly string[]
  connect(host: Host): Promise<Connection>
}

/** A saved plan, as a run keeps to it. See lib/plan. */
export interface RunBinding {
  /** Nothing to do: then no lease is taken. */
  readonly empty: boolean
  /** Throws Refusal when the plan was not made for these. */
  checkInputs(hosts: readonly Host[], plays: readonly BuiltPlay[]): void
  /**
   * For a check of the whole playbook; `verdict` throws Refusal when it comes to anything else than the plan. `leased`: the
   * run has its leases, and with them directories of its own may be there that were not.
   */
  watch(options: { readonly leased: boolean }): {
    readonly planned: RunContext['planned']
    /** It came to something else, which may be over in a moment. */
    passing(): boolean
    verdict(): void
  }
  readonly planned: RunContext['planned']
}

/** How often a plan is looked at before it is refused for what may be over in a moment, and how far apart. */
const MOST_LOOKS = 3
const BETWEEN_LOOKS_MS = 3000

/** A new name for a run. */
export const newRunId = (): string => randomBytes(4).toString('hex')

/**
 * Runs a playbook, or predicts what a run would do. Its only product is events; the last is the summary.
 * Throws UsageError, before any connection, for every mistake of the playbook at once.
 */
export const run = (playbook: Playbook, hosts: readonly Host[], options: RunOptions): AsyncIterable<Event> => {
  const plays = build(playbook, hosts, options.limit, options.selection)
  options.built?.(hosts, plays)
  options.binding?.checkInputs(hosts, plays)
  return new Run(playbook, hosts, plays, options).events()
}

/** Somebody else closes it. */
const borrowed = (connection: Connection): Connection => ({
  host: connection.host,
  get roundTrips() {
    return connection.roundTrips
  },
  batch: (commands, options) => connection.batch(commands, options),
  close: async () => {},
})

class Run {
  readonly #playbook: Playbook
  readonly #plays: readonly BuiltPlay[]
  readonly #options: RunOptions
  readonly #id: string
  readonly #queue = new EventQueue()
  readonly #summary = new Summary()
  readonly #connections = new Map<string, Promise<Connection>>()
  readonly #fleet: Fleet
  readonly #broken = new Set<string>()
  /** Something was changed, or may have been. */
  #sent = false
  readonly #affected: readonly Affected[]
  readonly #dressing: Dressing
  readonly #admission: Admission
  readonly #context: RunContext

  constructor(playbook: Playbook, hosts: readonly Host[], plays: readonly BuiltPlay[], options: RunOptions) {
    this.#playbook = playbook
    this.#plays = plays
    this.#options = options
    this.#id = options.id ?? newRunId()
    this.#fleet = new Fleet(options.mode, hosts, host => () => this.#connect(host))
    this.#affected = affectedBy(plays, name => this.#fleet.find(name))
    this.#dressing = new Dressing(options.mode === 'apply' ? options.lease : undefined, {
      run: this.#id,
      playbook: playbook.name,
      earlier: options.resume ? options.earlier : undefined,
      connect: name => this.#fleet.find(name).connect(),
      send: this.#send,
      lost: error => this.#admission.refuse(error),
    })
    this.#admission = new Admission(this.#id, this.#affected, this.#dressing.leases, this.#send)
    this.#context = {
      mode: options.mode,
      signal: options.signal,
      stop: options.stop ?? new AbortController().signal,
      earlier: options.earlier,
      send: this.#send,
      durable: async () => options.recorder?.durable(),
      admit: state => this.#admission.admit(state),
      dress: (...all) => this.#dressing.dress(...all),
      meaning: (...all) => this.#dressing.meaning(...all),
      planned: (...all) => (options.binding ?? options).planned?.(...all),
      find: name => this.#fleet.find(name),
    }
  }

  async *events(): AsyncGenerator<Event> {
    const work = this.#run().finally(() => this.#queue.close())
    yield* this.#queue.read()
    await work
  }

  #send = (event: Event): void => {
    this.#summary.add(event)
    if (event.type === 'sent') this.#sent = true
    this.#options.recorder?.record(event)
    this.#queue.send(event)
  }

  async #run(): Promise<void> {
    const { mode, signal, expectNoChanges, resume, earlier, origin } = this.#options
    const started = performance.now()
    this.#send({
      type: 'run',
      run: this.#id,
      playbook: this.#playbook.name,
      mode,
      hosts: [...new Set(this.#plays.flatMap(p => p.hosts.map(h => h.host.name)))],
      time: new Date().toISOString(),
      ...(resume && earlier && { resumes: earlier.run }),
      ...(mode === 'apply' && earlier && { debts: { at: earlier.at, owed: earlier.debts() } }),
      ...(origin && { origin }),
    })
    for (const text of this.#options.notices ?? []) this.#send({ type: 'notice', text })
    if (!resume) this.#carryOn()
    try {
      const good = mode === 'check' || ((await this.#reachAll()) && (await this.#planHolds()))
      if (good) for (const play of this.#plays) await this.#playOne(play)
      else this.#notStarted(this.#plays)
    } finally {
      await this.#close()
    }
    const exitCode = this.#summary.exitCode({
      interrupted: signal.aborted,
      check: mode === 'check',
      expectNoChanges,
      broken: this.#broken.size > 0,
    })
    if (this.#sent && exitCode !== EXIT.done && exitCode !== EXIT.changesPending) this.#sayHowToGoOn()
    this.#send({
      type: 'summary',
      exitCode,
      hosts: this.#summary.hosts(),
      durationMs: Math.round(performance.now() - started),
    })
    await this.#options.recorder?.durable()
  }

  /** What an earlier run owes stays owed in this run too, until it is paid: its reports say so. */
  #carryOn(): void {
    if (this.#options.mode === 'apply')
      for (const debt of this.#options.earlier?.debts() ?? [])
        this.#send({ type: 'handler', ...debt, state: 'owed', carried: true })
  }

  #sayHowToGoOn(): void {
    const { resumeCommand } = this.#options
    if (resumeCommand !== undefined) this.#send({ type: 'notice', text: `to go on from here: ${resumeCommand}` })
  }

  /** All hosts are logged in to before anything is done on one, so that all that is wrong is said at once. */
  async #reachAll(): Promise<boolean> {
    const problems: HostProblem[] = []
    await sideBySide(
      this.#options.forks,
      this.#affected.map(({ state, spare }) => async () => {
        try {
          await state.connect()
        } catch (error) {
          this.#admission.without(state)
          if (spare) return
          const report = reportError(error)
          const { name } = state.host
          this.#broken.add(name)
          this.#send({ type: 'unreachable', host: name, error: report })
          problems.push({
            host: name,
            message: report.message,
            ...(report.hint !== undefined && { hint: report.hint }),
          })
        }
      }),
    )
    if (problems.length === 0) this.#admission.ask()
    return problems.length === 0 && !this.#options.signal.aborted
  }

  /**
   * A saved plan: everything is planned anew, as in check mode, from facts read again on all hosts; where that comes to
   * anything else, the run is refused as a whole, and no host has so much as a lease of it. Once the leases are had, and
   * nobody else can be at work there, the same again.
   */
  async #planHolds(): Promise<boolean> {
    const { binding } = this.#options
    const [first] = this.#affected
    if (!binding || !first) return true
    if (!(await this.#checkAgainst(binding, { leased: false }))) return false
    if (binding.empty) return true
    if ((await this.#admission.admit(first.state)) === 'no') return false
    return this.#checkAgainst(binding, { leased: true })
  }

  async #checkAgainst(binding: RunBinding, options: { readonly leased: boolean }, looks = 1): Promise<boolean> {
    const watch = binding.watch(options)
    const { recorder: _, binding: __, resumeCommand: ___, ...rest } = this.#options
    const check = new Run(
      this.#playbook,
      this.#fleet.all().map(s => s.host),
      this.#plays,
      {
        ...rest,
        mode: 'check',
        planned: watch.planned,
        connect: async host => borrowed(await this.#connect(host)),
      },
    )
    for await (const event of check.events())
      if (event.type === 'unreachable') {
        this.#broken.add(event.host)
        this.#send(event)
      }
    if (this.#broken.size > 0 || this.#options.signal.aborted) return false
    if (looks < MOST_LOOKS && watch.passing()) {
      await setTimeout(BETWEEN_LOOKS_MS, undefined, { signal: this.#options.signal }).catch(() => {})
      return !this.#options.signal.aborted && this.#checkAgainst(binding, options, looks + 1)
    }
    try {
      watch.verdict()
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      this.#admission.refuse(error)
      return false
    }
    return true
  }

  #notStarted(plays: readonly BuiltPlay[]): void {
    const why = this.#admission.refused
      ? 'the run was refused'
      : this.#broken.size > 0
        ? `${[...this.#broken].join(', ')} did not finish`
        : 'the run was interrupted'
    for (const { play, hosts } of plays)
      if (hosts.length > 0) this.#send({ type: 'notice', text: `play "${play.name}" was not started: ${why}` })
  }

  async #playOne(built: BuiltPlay): Promise<void> {
    const { play, hosts } = built
    // Plays build on each other, across hosts: with one host out, the plays behind cannot be trusted to be safe.
    if (this.#broken.size > 0 || this.#options.signal.aborted || this.#admission.refused) {
      this.#notStarted([built])
      return
    }
    const { forks } = this.#options
    this.#send({ type: 'play', play: play.name, state: 'started', hosts: listed(built) })
    const { broken, applied } = built.rolling
      ? await roll(
          {
            play: play.name,
            become: play.options.become,
            built: built.rolling,
            items: new Map(hosts.map(({ host, items }) => [host.name, items])),
            forks,
          },
          this.#context,
        )
      : await playBatches(built, this.#context, forks)
    for (const host of broken) this.#broken.add(host)
    // A change on one host may show in the facts of another (a standby that streams): nothing read before it still counts.
    if (applied) for (const state of this.#fleet.all()) state.forget()
    this.#send({ type: 'play', play: play.name, state: 'finished', hosts: listed(built) })
  }

  #connect(host: Host): Promise<Connection> {
    const known = this.#connections.get(host.name)
    if (known) return known
    this.#send({ type: 'host', host: host.name, state: 'connecting' })
    const connection = this.#options.connect(host).then(opened => {
      this.#send({ type: 'host', host: host.name, state: 'connected' })
      return opened
    })
    connection.catch(() => {})
    this.#connections.set(host.name, connection)
    return connection
  }

  async #close(): Promise<void> {
    const stopped = this.#options.stop?.aborted ?? false
    // Hosts forget what they know of jobs only when the journal is sure to know it. Where it cannot be written, they keep it.
    const known = await this.#options.recorder?.durable().then(
      () => true,
      () => false,
    )
    await this.#dressing.end({
      whole: this.#broken.size === 0 && !this.#options.signal.aborted,
      stopped,
      known: known !== false,
    })
    await Promise.all(
      [...this.#connections].map(async ([host, connecting]) => {
        const connection = await connecting.catch(() => undefined)
        if (!connection) return
        const { roundTrips } = connection
        await connection.close().catch(() => {})
        this.#send({ type: 'host', host, state: 'closed', roundTrips })
      }),
    )
  }
}
