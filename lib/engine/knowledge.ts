import type { Change } from '../changes/change.ts'
import type { Facts } from '../dsl/facts.ts'
import { Unknown } from '../dsl/facts.ts'
import type { Ref } from '../dsl/ref.ts'
import { FactError } from '../errors.ts'
import type { Fact } from '../facts/fact.ts'
import type { FactReader } from './fact-reader.ts'

type Laid = { readonly order: number; readonly by: string } & (
  | { readonly answer: unknown }
  | { readonly unknown: true }
)

/**
 * What is known of one host: what was observed, with what planned changes will make true (or unknown) laid over it. So a
 * task is planned against the host as the tasks before it will leave it.
 */
export class Knowledge {
  readonly #laid = new Map<string, Laid>()
  #doubts: {
    readonly order: number
    readonly by: string
    readonly covers: (fact: Fact<unknown>, answer: unknown) => boolean
  }[] = []
  #order = 0
  #lastBy: string | undefined
  #unknownBy: string | undefined

  /** The changes of one task are laid over what was known. `by` is the task's title. */
  lay(by: string, changes: readonly Change[]): void {
    for (const change of changes) {
      for (const { covers } of change.doubts) this.#doubts.push({ order: ++this.#order, by, covers })
      // After the doubts: what a command says it makes true is not in doubt by the rest of its effects.
      for (const { fact, answer } of change.makes) this.#laid.set(fact.key, { order: ++this.#order, by, answer })
      this.#lastBy = by
    }
  }

  /**
   * The plan of a task is unknown: it may change whatever it asked about; an opaque one, whose effects do not follow from
   * that, anything at all.
   */
  doubt(by: string, asked: ReadonlySet<string>, { opaque }: { readonly opaque: boolean }): void {
    for (const key of asked) this.#laid.set(key, { order: ++this.#order, by, unknown: true })
    if (opaque) this.#doubts.push({ order: ++this.#order, by, covers: () => true })
    this.#lastBy = by
    this.#unknownBy = by
  }

  /** The changes were applied: only what is observed from now on counts. */
  clear(): void {
    this.#laid.clear()
    this.#doubts = []
    this.#lastBy = undefined
    this.#unknownBy = undefined
  }

  /** The task that was planned last, as long as its changes are not applied. */
  get pending(): string | undefined {
    return this.#lastBy
  }

  /** The task whose plan was unknown last: what it will make of the host, nobody knows. */
  get unknown(): string | undefined {
    return this.#unknownBy
  }

  /** The task that makes an answer doubtful, of this host or of another. */
  doubter(fact: Fact<unknown>, answer: unknown): string | undefined {
    return this.#doubts.find(({ covers }) => covers(fact, answer))?.by
  }

  /** What planned changes make of the fact, if they do. */
  laid(fact: Fact<unknown>): { readonly answer: unknown } | undefined {
    const laid = this.#laid.get(fact.key)
    return laid && 'answer' in laid ? laid : undefined
  }

  /** Throws Unknown, or what the reader throws. */
  async get<A>(fact: Fact<A>, reader: FactReader): Promise<A> {
    const laid = this.#laid.get(fact.key)
    if (laid && 'unknown' in laid) throw new Unknown(fact.key, laid.by)
    if (!laid && fact.kind.dependsOnAnything && this.#lastBy !== undefined) throw new Unknown(fact.key, this.#lastBy)
    const answer = laid ? (laid.answer as A) : await this.#observed(fact, reader)
    const doubt = this.#doubts.find(d => d.order > (laid?.order ?? 0) && d.covers(fact as Fact<unknown>, answer))
    if (doubt) throw new Unknown(fact.key, doubt.by)
    return answer
  }

  async #observed<A>(fact: Fact<A>, reader: FactReader): Promise<A> {
    try {
      return await reader.read(fact)
    } catch (error) {
      // What cannot be read now may be readable once the changes before it are made.
      if (error instanceof FactError && this.#lastBy !== undefined) throw new Unknown(fact.key, this.#lastBy)
      throw error
    }
  }
}

/** A question that a plan put to a host. */
export interface Asked {
  readonly host: string
  readonly as: string | undefined
  readonly fact: Fact<unknown>
}

/** What the plan of one task sees, and what it asked. */
export interface View {
  readonly facts: Facts
  /** Of its own host. */
  readonly asked: ReadonlySet<string>
  /** Of any host, each once. */
  everything(): readonly Asked[]
}

interface Surroundings {
  readonly host: string
  readonly as: string | undefined
  /** What is asked of any host, by this view and by those through which it looks at other hosts. */
  readonly log: Map<string, Asked>
  get<A>(fact: Fact<A>): Promise<A>
  on(hostOrGroup: string): Facts
  value<T>(ref: Ref<T>): T
}

export const viewOf = ({ host, as, log, get, on, value }: Surroundings): View => {
  const asked = new Set<string>()
  return {
    asked,
    everything: () => [...log.values()],
    facts: {
      host,
      get: fact => {
        asked.add(fact.key)
        log.set(`${host} ${fact.key}`, { host, as, fact: fact as Fact<unknown> })
        return get(fact)
      },
      on,
      value,
    },
  }
}
