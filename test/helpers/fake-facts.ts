import type { Facts } from '../../lib/dsl/facts.ts'
import type { Fact } from '../../lib/facts/fact.ts'

/** A canned answer: `answer(path('/etc/hosts'), { type: 'absent' })`. */
export const answer = <A>(fact: Fact<A>, value: A): readonly [string, unknown] => [fact.key, value]

/** Facts without a host. A question without a canned answer fails the test: it is I/O that nobody expected. */
export const fakeFacts = (
  answers: readonly (readonly [string, unknown])[],
  others: Readonly<Record<string, Facts>> = {},
): Facts => {
  const canned = new Map(answers)
  return {
    host: 'h1',
    get: async fact => {
      if (!canned.has(fact.key)) throw new Error(`no canned answer for: ${fact.key}`)
      return canned.get(fact.key) as never
    },
    on: name => {
      const other = others[name]
      if (!other) throw new Error(`no canned facts of ${name}`)
      return other
    },
    value: ref => {
      if (!canned.has(ref.refOf)) throw new Error(`no canned value of ${ref.refOf}`)
      return canned.get(ref.refOf) as never
    },
  }
}
