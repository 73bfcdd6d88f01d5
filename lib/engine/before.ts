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

/** Where the answers come from: what the plan found laid over the host, or else the host, as the user who makes the change. */
export interface Sources {
  readonly found: ReadonlyMap<Claim, { readonly answer: unknown }>
  readonly reader: FactReader
}

/**
 * What each change finds. Facts that no plan asked for (the old text of a file whose digest differs) are read now, together:
 * in a run they travel just ahead of the changes.
 */
export const lookBefore = async (
  changes: readonly (readonly [Change, Sources])[],
): Promise<ReadonlyMap<Change, Before>> => {
  // All questions are asked before the first answer is waited for.
  const asked = changes.map(([change, { found, reader }]) => ({
    change,
    claims: change.makes.map(claim => ({ claim, before: found.get(claim) ?? look(claim.fact, reader) })),
  }))
  const looked = asked.map(
    async ({ change, claims }): Promise<readonly [Change, Before]> => [
      change,
      { change, claims: await Promise.all(claims.map(async ({ claim, before }) => ({ claim, before: await before }))) },
    ],
  )
  return new Map(await Promise.all(looked))
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
