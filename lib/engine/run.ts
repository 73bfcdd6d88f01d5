import { randomBytes } from 'node:crypto'
import type { Connection } from '../connection/connection.ts'
import type { Playbook } from '../dsl/playbook.ts'
import type { Event } from '../event.ts'
import type { Host } from '../inventory/host.ts'
import { type BuiltPlay, build } from './build.ts'
import { EventQueue } from './event-queue.ts'
import { HostPlay } from './host-play.ts'
import { Fleet, type HostState } from './host-state.ts'
import { reportError } from './report-error.ts'
import { Summary } from './summary.ts'

export interface RunOptions {
  readonly mode: 'apply' | 'check'
  /** Hosts worked on at the same time. */
  readonly forks: number
  /** Names of the hosts that take part; left out: all. The others may still be asked for facts. */
  readonly limit?: ReadonlySet<string>
  /** Exit code 3 instead of 0 when anything is, or would be, changed. */
  readonly expectNoChanges: boolean
  /** Aborted: what is in flight is finished, nothing new begins, exit code 130. */
  readonly signal: AbortSignal
  connect(host: Host): Promise<Connection>
}

/** At most `forks` of the jobs at once; resolves when all have ended. */
const sideBySide = async (forks: number, jobs: readonly (() => Promise<void>)[]): Promise<void> => {
  const waiting = [...jobs]
  const worker = async (): Promise<void> => {
    for (let job = waiting.shift(); job; job = waiting.shift()) await job()
  }
  await Promise.all(Array.from({ length: Math.min(forks, jobs.length) }, worker))
}

/**
 * Runs a playbook, or predicts what a run would do. Its only product is events; the last is the summary.
 * Throws UsageError, before any connection, for every mistake of the playbook at once.
 */
export const run = (playbook: Playbook, hosts: readonly Host[], options: RunOptions): AsyncIterable<Event> => {
  const plays = build(playbook, hosts, options.limit)
  return new Run(playbook, hosts, plays, options).events()
}

class Run {
  readonly #playbook: Playbook
  readonly #plays: readonly BuiltPlay[]
  readonly #options: RunOptions
  readonly #queue = new EventQueue()
  readonly #summary = new Summary()
  readonly #connections = new Map<string, Promise<Connection>>()
  readonly #fleet: Fleet
  readonly #broken = new Set<string>()

  constructor(playbook: Playbook, hosts: readonly Host[], plays: readonly BuiltPlay[], options: RunOptions) {
    this.#playbook = playbook
    this.#plays = plays
    this.#options = options
    this.#fleet = new Fleet(options.mode, hosts, host => () => this.#connect(host))
  }

  async *events(): AsyncGenerator<Event> {
    const work = this.#run().finally(() => this.#queue.close())
    yield* this.#queue.read()
    await work
  }

  #send = (event: Event): void => {
    this.#summary.add(event)
    this.#queue.send(event)
  }

  async #run(): Promise<void> {
    const { mode, signal, expectNoChanges } = this.#options
    const started = performance.now()
    this.#send({
      type: 'run',
      run: randomBytes(4).toString('hex'),
      playbook: this.#playbook.name,
      mode,
      hosts: [...new Set(this.#plays.flatMap(p => p.hosts.map(h => h.host.name)))],
      time: new Date().toISOString(),
    })
    try {
      for (const play of this.#plays) await this.#playOne(play)
    } finally {
      await this.#close()
    }
    const interrupted = signal.aborted
    this.#send({
      type: 'summary',
      exitCode: this.#summary.exitCode({
        interrupted,
        check: mode === 'check',
        expectNoChanges,
        broken: this.#broken.size > 0,
      }),
      hosts: this.#summary.hosts(),
      durationMs: Math.round(performance.now() - started),
    })
  }

  async #playOne({ play, hosts }: BuiltPlay): Promise<void> {
    // Plays build on each other, across hosts: with one host out, the plays behind cannot be trusted to be safe.
    if (this.#broken.size > 0 || this.#options.signal.aborted) {
      const why = this.#broken.size > 0 ? `${[...this.#broken].join(', ')} did not finish` : 'the run was interrupted'
      if (hosts.length > 0) this.#send({ type: 'notice', text: `play "${play.name}" was not started: ${why}` })
      return
    }
    const listed = hosts.map(({ host, tasks }) => ({ host: host.name, tasks: tasks.map(t => t.title) }))
    this.#send({ type: 'play', play: play.name, state: 'started', hosts: listed })
    let applied = false
    await sideBySide(
      this.#options.forks,
      hosts.map(({ host, tasks }) => async () => {
        const state = this.#fleet.find(host.name)
        const one = new HostPlay(
          state,
          { play: play.name, become: play.options.become, tasks },
          this.#send,
          this.#options.signal,
        )
        applied = (await this.#onHost(state, one)) || applied
      }),
    )
    // A change on one host may show in the facts of another (a standby that streams): nothing read before it still counts.
    if (applied) for (const state of this.#fleet.all()) state.forget()
    this.#send({ type: 'play', play: play.name, state: 'finished', hosts: listed })
  }

  async #onHost(state: HostState, play: HostPlay): Promise<boolean> {
    const { name } = state.host
    try {
      await state.connect()
    } catch (error) {
      this.#broken.add(name)
      this.#send({ type: 'unreachable', host: name, error: reportError(error) })
      return false
    }
    const { broken, applied } = await play.run(this.#options.mode)
    if (broken) this.#broken.add(name)
    return applied
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
