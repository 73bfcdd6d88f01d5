import type { Change, Claim } from '../changes/change.ts'
import { diffClaim } from '../changes/diff.ts'
import type { ChangeReport, FactDiff } from '../event.ts'
import type { Fact } from '../facts/fact.ts'
import type { FactReader } from './fact-reader.ts'

/** A change with what its facts were before it: the earlier changes of the same plan count. `undefined`: not known. */
export interface Before {
  readonly change: Change
  readonly claims: readonly { readonly claim: Claim; readonly before: { readonly answer: unknown } | undefined }[]
}

const isDefined = (diff: FactDiff | undefined): diff is FactDiff => diff !== undefined

/**
 * What each change finds. Facts that no plan asked for (the old text of a file whose digest differs) are read now, together:
 * in a run they travel just ahead of the changes.
 */
export const lookBefore = async (
  changes: readonly Change[],
  reader: (change: Change) => FactReader,
): Promise<readonly Before[]> => {
  const claimed = new Map<string, unknown>()
  const found = changes.map(change => ({
    change,
    claims: change.makes.map(claim => {
      const { fact } = claim
      const before = claimed.has(fact.key)
        ? Promise.resolve({ answer: claimed.get(fact.key) })
        : look(fact, reader(change))
      claimed.set(fact.key, claim.answer)
      return { claim, before }
    }),
  }))
  return Promise.all(
    found.map(async ({ change, claims }) => ({
      change,
      claims: await Promise.all(claims.map(async ({ claim, before }) => ({ claim, before: await before }))),
    })),
  )
}

const look = (fact: Fact<unknown>, reader: FactReader) =>
  reader.read(fact).then(
    answer => ({ answer }),
    () => undefined, // For the diff only: what cannot be read is not shown.
  )

export const reportChange = ({ change, claims }: Before): ChangeReport => ({
  summary: change.summary,
  diffs: claims.map(({ claim, before }) => diffClaim(claim, before?.answer)).filter(isDefined),
})
