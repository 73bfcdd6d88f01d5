import type { Claim } from '../changes/change.ts'
import { shown } from '../changes/diff.ts'
import type { Fact, Shown } from '../facts/fact.ts'
import { showSafely } from '../secret.ts'
import type { Digest } from './digest.ts'

/** Longer texts are told apart by their digest. */
const LONGEST = 100

const field = ([name, value]: readonly [string, string | Buffer | undefined], digest: Digest): string => {
  if (value === undefined) return `${name} absent`
  if (typeof value !== 'string') return `${name} ${value.length} bytes, ${digest(value).slice(0, 8)}`
  const text = showSafely(value, LONGEST + 1)
  return text.length > LONGEST ? `${name} ${value.length} characters, ${digest(value).slice(0, 8)}` : `${name} ${text}`
}

const fields = (all: Shown, digest: Digest): string =>
  Object.entries(all)
    .map(pair => field(pair, digest))
    .join(', ')

const scalars = (value: object): Shown =>
  Object.fromEntries(
    Object.entries(value).flatMap(([name, item]) =>
      ['string', 'number', 'boolean', 'bigint'].includes(typeof item) ? [[name, String(item)]] : [],
    ),
  )

/** What a plan is bound to of an answer. */
export const stableOf = (fact: Fact<unknown>, answer: unknown): unknown =>
  fact.kind.stable && answer !== undefined ? fact.kind.stable(answer) : answer

/** An answer for people: one line, without secrets, and without what moves by itself. */
export const answerInShort = (fact: Fact<unknown>, answer: unknown, digest: Digest): string => {
  if (fact.kind.absent?.(answer)) return 'absent'
  const stable = stableOf(fact, answer)
  // Digests of content are salted here: the plain one tells what a password is to whoever can guess it.
  if (fact.kind.kind === 'digest') return `content ${digest(answer).slice(0, 8)}`
  const whole = stable === answer || typeof stable !== 'object' || stable === null
  const all = whole ? shown(fact, answer) : scalars(stable)
  return fields(all, digest) || `something, ${digest(stable).slice(0, 8)}`
}

/** What a change says that a fact will be, as far as it says so. */
export const claimInShort = ({ fact, answer, shown: instead, restricted }: Claim, digest: Digest): string => {
  if (instead) return fields(instead.after, digest) || 'not shown'
  if (fact.kind.absent?.(answer)) return 'absent'
  if (fact.kind.kind === 'digest') return `content ${digest(answer).slice(0, 8)}`
  const said = Object.entries(shown(fact, answer)).filter(([, value]) => value !== undefined)
  if (restricted && said.some(([, value]) => typeof value !== 'string')) return 'not shown'
  return fields(Object.fromEntries(said), digest) || 'as it should be'
}
