import type { Change } from '../../lib/changes/change.ts'
import { type Facts, Unknown } from '../../lib/dsl/facts.ts'

/** Facts as they will be after the changes: what these claim laid over what was there, what they doubt is Unknown. */
export const expectedFacts = (facts: Facts, changes: readonly Change[]): Facts => {
  const claimed = new Map(changes.flatMap(c => c.makes).map(c => [c.fact.key, c.answer]))
  return {
    ...facts,
    get: async fact => {
      if (claimed.has(fact.key)) return claimed.get(fact.key) as never
      const answer = await facts.get(fact)
      const doubt = changes.flatMap(c => c.doubts).find(d => d.covers(fact as never, answer))
      if (doubt) throw new Unknown(fact.key, doubt.about)
      return answer
    },
  }
}
