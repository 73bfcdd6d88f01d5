import { BatonError } from '../errors.ts'
import type { Fact } from '../facts/fact.ts'
import type { Ref } from './ref.ts'

/**
 * All that a plan can see of the world. It cannot write: there is no connection behind it that a plan could reach.
 * What all waiting plans ask travels to a host in one batch.
 */
export interface Facts {
  readonly host: string
  /** Throws Unknown where an earlier task makes the answer unknowable before it has run, FactError where it cannot be read. */
  get<A>(fact: Fact<A>): Promise<A>
  /** The facts of another host: its name, or a group that has exactly one host. */
  on(hostOrGroup: string): Facts
  /** What a task before this one handed on. Throws Unknown as long as that task has not run. */
  value<T>(ref: Ref<T>): T
}

/** The third answer of a plan, beside *change* and *no change*: it depends on what `because` does. */
export class Unknown extends BatonError {
  readonly because: string
  constructor(what: string, because: string) {
    super(`${what} is not known before ${because}`)
    this.because = because
  }
}
