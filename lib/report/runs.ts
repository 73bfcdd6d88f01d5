import type { Recorded } from '../event.ts'

/** A journal's runs, in order: one that goes on with another that was cut off may stand behind it in the same file. */
export const runsOf = (records: readonly Recorded[]): readonly (readonly Recorded[])[] => {
  const runs: Recorded[][] = []
  for (const record of records) {
    const last = runs.at(-1)
    if (record.event.type === 'run' || !last) runs.push([record])
    else last.push(record)
  }
  return runs
}

/** What became of it in the end. */
export const lastRun = (records: readonly Recorded[]): readonly Recorded[] => runsOf(records).at(-1) ?? []
