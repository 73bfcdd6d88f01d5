import type { ReadyStep } from './apply-steps.ts'

/**
 * The steps up to one that makes doubtful what a step before it claims (a command behind the file that it moves away): those
 * are applied and read back first, for afterwards nobody could tell whether the claim held.
 */
export const untilDoubted = (ready: readonly ReadyStep[]): readonly ReadyStep[] => {
  const claims = ready.map(({ changes }) => changes.flatMap(c => c.makes.filter(claim => claim.verify)))
  const end = ready.findIndex(({ changes }, i) =>
    changes.some(({ doubts }) =>
      doubts.some(doubt =>
        claims.slice(0, i).some(earlier => earlier.some(({ fact, answer }) => doubt.covers(fact, answer))),
      ),
    ),
  )
  return end < 0 ? ready : ready.slice(0, end)
}
