import type { Command, Output } from '../command.ts'
import type { Fact, Shown } from '../facts/fact.ts'

/** What a fact's answer will be once the change is applied. Fields that cannot be known beforehand are left undefined. */
export interface Claim<A = unknown> {
  readonly fact: Fact<A>
  readonly answer: A
  /** False: shown in the diff but not read back, because another claim of the same change is the same evidence. */
  readonly verify: boolean
  /** What a diff shows instead of the answers: the keys of a file rather than its lines, or a file that holds a secret. */
  readonly shown?: { readonly before: Shown; readonly after: Shown }
  /**
   * It is about a file that not everybody may read: the diff has no lines around those that change, and of a line that sets a
   * password by its name it has the name only.
   */
  readonly restricted?: boolean
}

/** Facts whose answer nobody can know after the change, until they are read again. */
export interface Doubt {
  /** For people: `what the installation of rsync creates`. */
  readonly about: string
  covers(fact: Fact<unknown>, answer: unknown): boolean
}

/** A command together with the facts it makes true (or makes unknown). */
export interface Change {
  /** One line, imperative, without secrets: `write /etc/hosts`. */
  readonly summary: string
  /** Must end with code 0, or REFUSED_BY_GUARD, unless `judge` says otherwise. */
  readonly command: Command
  readonly makes: readonly Claim[]
  readonly doubts: readonly Doubt[]
  /**
   * Looks at what a command that ended with any code printed, and says how that is to be taken. Left out, or undefined: code 0
   * is good. Never asked where the output was too long to be kept.
   */
  readonly judge?: (output: Output) => Verdict | undefined
}

/** `unchanged`: it ran, and found nothing to do. */
export type Verdict = 'changed' | 'unchanged' | { readonly failed: string }

export const claim = <A>(
  fact: Fact<A>,
  answer: A,
  { verify = true, shown, restricted }: { readonly verify?: boolean } & Pick<Claim, 'shown' | 'restricted'> = {},
): Claim => ({
  fact: fact as Fact<unknown>,
  answer,
  verify,
  ...(shown && { shown }),
  ...(restricted && { restricted }),
})

/** What is absent may have been created (a package's files, its user, its unit); what is present stays. */
export const mayCreate = (about: string): Doubt => ({
  about,
  covers: (fact, answer) => fact.kind.absent?.(answer) ?? false,
})

/** Every fact of these kinds, whatever it was. */
export const anyOf = (about: string, ...kinds: readonly string[]): Doubt => ({
  about,
  covers: fact => kinds.includes(fact.kind.kind),
})

/** Nothing that is known about the host stays known: an arbitrary command. */
export const anything = (about: string): Doubt => ({ about, covers: () => true })

export const change = (parts: Omit<Change, 'makes' | 'doubts'> & Partial<Pick<Change, 'makes' | 'doubts'>>): Change =>
  Object.freeze({ makes: [], doubts: [], ...parts })
