import type { Connection } from '../connection/connection.ts'
import { Unknown } from '../dsl/facts.ts'
import type { Ref } from '../dsl/ref.ts'
import { BatonError } from '../errors.ts'
import type { Fact } from '../facts/fact.ts'
import type { Host } from '../inventory/host.ts'
import { FactReader, type Observation } from './fact-reader.ts'
import { type Asked, Knowledge, type View, viewOf } from './knowledge.ts'

/** What an action handed on. The very same object on several hosts where one did it for all. */
export type HandedOn =
  | { readonly value: unknown; readonly error?: never }
  /** There is none, and this is said to whoever asks for it. */
  | { readonly value?: never; readonly error: Error }

/** Everything the engine holds of one host during a run: its connection, what was observed and what is expected. */
export class HostState {
  readonly host: Host
  readonly connect: () => Promise<Connection>
  readonly expected = new Knowledge()
  /** When the host was started, by this machine's clock; undefined: not asked yet. Milliseconds since 1970. */
  bootedAtMs: number | undefined
  readonly #readers = new Map<string, FactReader>()
  readonly #values = new Map<string, HandedOn>()
  readonly #fleet: Fleet
  #turn: Promise<unknown> = Promise.resolve()

  constructor(host: Host, connect: () => Promise<Connection>, fleet: Fleet) {
    this.host = host
    this.connect = connect
    this.#fleet = fleet
  }

  /** Facts are read as the user whose eyes matter: the one who will make the change. */
  reader(as: string | undefined): FactReader {
    return this.#readerOf(this, as)
  }

  /**
   * `expected`: observed facts with the planned changes laid over. `observed`: the host as it is. `asking`: whose values are
   * looked at, where another host delegates to this one.
   */
  view(
    as: string | undefined,
    which: 'observed' | 'expected',
    asking: HostState = this,
    log = new Map<string, Asked>(),
  ): View {
    const get = <A>(fact: Fact<A>): Promise<A> =>
      which === 'observed' ? this.reader(as).read(fact) : this.expected.get(fact, this.reader(as))
    const view: View = viewOf({
      host: this.host.name,
      as,
      log,
      get,
      on: name => {
        const other = this.#fleet.find(name)
        return other === this ? view.facts : this.#lookAt(other, as, which, asking, log).facts
      },
      value: ref => this.#fleet.value(ref, asking),
    })
    return view
  }

  /** One after the other: tasks of other hosts may be delegated here, and no plan may see the half of another's changes. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => {})
    return done
  }

  /** Whether something that was read of it would be used without reading it again. */
  get remembers(): boolean {
    return [...this.#readers.values()].some(reader => reader.asked)
  }

  /** What was observed last, of this host or by it of another, as which user. */
  observed(): readonly (Observation & { readonly host: string; readonly as: string | undefined })[] {
    return [...this.#readers].flatMap(([key, reader]) => {
      const [host = '', as = ''] = key.split(' ')
      return reader.observed.map(one => ({ ...one, host, as: as || undefined }))
    })
  }

  forget(): void {
    for (const reader of this.#readers.values()) reader.forget()
  }

  /**
   * Another host, with answers that are forgotten when this host forgets. In a run it is seen as it is, and only once this
   * host's own changes, which may show there, are applied; a check sees it as its planned changes will leave it.
   */
  #lookAt(
    other: HostState,
    as: string | undefined,
    which: 'observed' | 'expected',
    asking: HostState,
    log: Map<string, Asked>,
  ): View {
    const reader = this.#readerOf(other, as)
    const { mode } = this.#fleet
    const get = async <A>(fact: Fact<A>): Promise<A> => {
      const told = (by: string) => new Unknown(`${fact.key} of ${other.host.name}`, by)
      if (which === 'observed') return reader.read(fact)
      if (mode === 'apply') {
        if (this.expected.pending !== undefined) throw told(this.expected.pending)
        return reader.read(fact)
      }
      const answer = await other.expected.get(fact, reader)
      const by = this.expected.doubter(fact as Fact<unknown>, answer)
      if (by !== undefined) throw told(by)
      return answer
    }
    const { on, value } = this.view(as, which, asking, log).facts
    return viewOf({ host: other.host.name, as, log, get, on, value })
  }

  #readerOf(other: HostState, as: string | undefined): FactReader {
    const key = `${other.host.name} ${as ?? ''}`
    const known = this.#readers.get(key)
    if (known) return known
    const reader = new FactReader(other.connect, as)
    this.#readers.set(key, reader)
    return reader
  }

  handOn(ref: Ref<unknown>, value: HandedOn): void {
    this.#values.set(ref.refOf, value)
  }

  handedOn(ref: Ref<unknown>): HandedOn | undefined {
    return this.#values.get(ref.refOf)
  }
}

/** All hosts of a run, so that a plan on one can look at another. */
export class Fleet {
  readonly #hosts: ReadonlyMap<string, HostState>

  /** In check mode a host is seen as its planned changes will leave it. */
  readonly mode: 'apply' | 'check'

  constructor(mode: 'apply' | 'check', hosts: readonly Host[], connect: (host: Host) => () => Promise<Connection>) {
    this.mode = mode
    this.#hosts = new Map(hosts.map(host => [host.name, new HostState(host, connect(host), this)]))
  }

  all(): readonly HostState[] {
    return [...this.#hosts.values()]
  }

  find(name: string): HostState {
    const host = this.#hosts.get(name)
    if (host) return host
    const members = this.all().filter(h => h.host.groups.includes(name))
    if (members.length === 1) return members[0]!
    throw new BatonError(
      members.length === 0
        ? `a task asks for facts of ${name}, which is neither a host nor a group of this run`
        : `a task asks for facts of ${name}, a group of ${members.length} hosts; it must have exactly one`,
    )
  }

  /** A host's own value if it has one; else that of the one host that handed it on. */
  value<T>(ref: Ref<T>, asking: HostState): T {
    const { title = ref.refOf } = ref
    const own = asking.handedOn(ref)
    const found = own ? [own] : [...new Set(this.all().flatMap(h => h.handedOn(ref) ?? []))]
    if (found.length === 1) {
      const { value, error } = found[0]!
      if (error) throw error
      return value as T
    }
    if (found.length === 0) throw new Unknown(`what "${title}" hands on`, 'it has run')
    throw new BatonError(`"${title}" ran on ${found.length} hosts, so its value is not one value`)
  }
}
