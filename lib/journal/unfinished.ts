import { EXIT } from '../errors.ts'
import type { Origin } from '../event.ts'
import { type Found, isIdle, runsOf, type Work } from './find.ts'

type Chosen = NonNullable<Origin['chosen']>

const chosenOf = ({ run }: Found): Chosen | undefined => run.origin?.chosen

/** Which hosts and tasks: with other vars it is still the same that was to be done. */
const keyOf = ({ limit, tags, skipTags, startAt }: Partial<Chosen> = {}): string =>
  JSON.stringify([limit ?? '', tags ?? [], skipTags ?? [], startAt ?? ''])

const ALL = keyOf()

/**
 * The runs of this work that can be gone on with, the newest first: not those behind which the same, or all, was done well,
 * nor those that another run of the same hosts and tasks was begun after.
 */
export const unfinished = async (folder: string, work: Work): Promise<readonly Found[]> => {
  const found: Found[] = []
  const behind = new Set<string>()
  for await (const one of runsOf(folder, work, () => {})) {
    const key = keyOf(chosenOf(one))
    if (one.exitCode === EXIT.done && key === ALL) break
    if (isIdle(one)) continue
    if (one.exitCode !== EXIT.done && !behind.has(key)) found.push(one)
    behind.add(key)
  }
  return found
}
