import type { Change, Claim } from '../changes/change.ts'
import { BatonError } from '../errors.ts'
import { keepsClaim } from '../facts/fact.ts'
import { showSafely } from '../secret.ts'
import type { FactReader } from './fact-reader.ts'

/** After applying, the host does not answer what a change claimed. */
export class BrokenClaim extends BatonError {}

const show = (answer: unknown): string => showSafely(answer, 300)

/** The claims that still stand at the end of a list of changes: a later change's word on a fact replaces an earlier one's. */
const standing = (changes: readonly Change[]): readonly { readonly change: Change; readonly claim: Claim }[] => {
  const last = new Map<string, { change: Change; claim: Claim }>()
  for (const change of changes) for (const claim of change.makes) last.set(claim.fact.key, { change, claim })
  return [...last.values()].filter(({ claim }) => claim.verify)
}

/** Reads every claimed fact again. The result has an entry for each change whose claim does not hold, or cannot be read. */
export const verify = async (
  changes: readonly Change[],
  reader: (change: Change) => FactReader,
): Promise<ReadonlyMap<Change, unknown>> => {
  const broken = new Map<Change, unknown>()
  await Promise.all(
    standing(changes).map(async ({ change, claim: { fact, answer, shown } }) => {
      try {
        const found = await reader(change).read(fact)
        if (keepsClaim(fact, answer, found)) return
        broken.set(
          change,
          new BrokenClaim(`${fact.key} is not what "${change.summary}" should have made it`, {
            hint: shown ? 'What it is must not be shown.' : `expected ${show(answer)}, found ${show(found)}`,
          }),
        )
      } catch (error) {
        broken.set(change, error)
      }
    }),
  )
  return broken
}
