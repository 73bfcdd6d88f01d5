import { isDeepStrictEqual } from 'node:util'
import type { Command, Output } from '../command.ts'

/**
 * What a diff shows of an answer: attribute by attribute. A `Buffer` is compared as text, line by line (binary by size and
 * digest); `undefined` is shown as absent.
 */
export type Shown = Readonly<Record<string, string | Buffer | undefined>>

/** One kind of read-only question. All questions of a kind that wait at the same time become one command on the host. */
export interface FactKind<Q, A> {
  readonly kind: string
  /** Tells two questions of the kind apart, and names the question to a person: `/etc/hosts`, `ssh.service`. */
  id(question: Q): string
  /** Reads, and never writes. `parse` gets its output. */
  ask(questions: readonly Q[]): Command
  /** One answer a question, in order. Untrusted bytes come in: throws FactError for what the schema does not allow. */
  parse(output: Output, questions: readonly Q[]): readonly A[]
  /** The answer may depend on whatever the host is: no change that does not claim it leaves it known. */
  readonly dependsOnAnything?: boolean
  /**
   * The answer moves by itself (a clock, free space, how far a replica is): a saved plan is bound to what was planned from
   * it, and not to the answer.
   */
  readonly volatile?: boolean
  /**
   * Of an answer that moves by itself in part (a unit's process id, how far a replica is) what stays as it is until somebody
   * changes it: a saved plan is bound to this. Of a claim, as far as it says so. Left out: the whole answer.
   */
  stable?(answer: A): unknown
  /** True when the thing asked about is not there. After an opaque change an absent thing becomes unknown; a present one stays. */
  absent?(answer: A): boolean
  /** Left out: the answer's own scalar fields. `{}` is shown as nothing at all. */
  show?(answer: A, question: Q): Shown
  /** Does what the host answers keep what a change claimed? Left out: every field that the claim defines is equal. */
  keeps?(claimed: A, observed: A): boolean
}

/** A question of some kind, as data. */
export interface Fact<A> {
  readonly kind: FactKind<unknown, A>
  readonly question: unknown
  /** `kind id`, unique over all kinds. */
  readonly key: string
}

/** Makes a kind of question: `const path = defineFact<string, PathState>({...})`, then `path('/etc/hosts')` is a Fact. */
export const defineFact = <Q, A>(kind: FactKind<Q, A>): ((question: Q) => Fact<A>) => {
  const erased = kind as FactKind<unknown, A>
  return question => Object.freeze({ kind: erased, question, key: `${kind.kind} ${kind.id(question)}` })
}

/** See FactKind.keeps. */
export const keepsClaim = <A>(fact: Fact<A>, claimed: A, observed: A): boolean => {
  if (fact.kind.keeps) return fact.kind.keeps(claimed, observed)
  if (typeof claimed !== 'object' || claimed === null || typeof observed !== 'object' || observed === null)
    return isDeepStrictEqual(claimed, observed)
  return Object.entries(claimed).every(
    ([field, value]) =>
      value === undefined || isDeepStrictEqual(value, (observed as Readonly<Record<string, unknown>>)[field]),
  )
}
