import { stat } from 'node:fs/promises'
import type { Debt, Event, KnownDebts, Recorded } from '../event.ts'
import { type Head, headsOf, type Work } from './find.ts'
import { readJournal } from './read.ts'

type Handler = Extract<Event, { type: 'handler' }>

/** A fold over records, in the order of their times: which handlers were notified and have not run. */
export class Debts {
  readonly #owed = new Map<string, Debt>()

  /** In the place of all that was known. */
  reset(owed: readonly Debt[]): void {
    this.#owed.clear()
    for (const debt of owed) this.#owed.set(idOf(debt), debt)
  }

  add({ host, play, task, title, state, carried }: Handler): void {
    const debt = { host, play, task, title }
    if (carried) return
    if (state === 'owed') this.#owed.set(idOf(debt), debt)
    else this.#owed.delete(idOf(debt))
  }

  list(): readonly Debt[] {
    return [...this.#owed.values()]
  }
}

const idOf = ({ host, play, task }: Debt): string => JSON.stringify([host, play, task])

/** The clock of a file system runs behind that of its machine, by some milliseconds; what is read twice does no harm. */
const SLACK_MS = 60_000

/**
 * What all earlier runs of this work owe. Runs may go on side by side, and one may be refused because of another, so that no
 * journal has it all; but each says what was owed when it began, and where the newest does, only those count beside it that
 * were written to since. Throws BatonError where one of them cannot be read.
 */
export const readDebts = async (
  folder: string,
  work: Work,
  now = new Date(),
  damaged?: (where: string) => void,
): Promise<KnownDebts> => {
  const debts = new Debts()
  const found: Head[] = []
  let sinceMs = Number.NEGATIVE_INFINITY
  const isOld = async (file: string): Promise<boolean> => {
    if (!Number.isFinite(sinceMs)) return false
    const { mtimeMs } = await stat(file)
    return mtimeMs < sinceMs
  }
  for await (const head of headsOf(folder, work, isOld)) {
    found.push(head)
    const { debts: known } = head.run
    if (!known || Number.isFinite(sinceMs)) continue
    sinceMs = Date.parse(known.at) - SLACK_MS
    debts.reset(known.owed)
  }
  const records: Recorded[] = []
  for (const { file } of found.reverse()) records.push(...(await readJournal(file, damaged)))
  // Equal times stay in the order in which they are written.
  for (const { time, event } of records.sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : 0)))
    if (event.type === 'handler' && !(Date.parse(time) < sinceMs)) debts.add(event)
  return { at: now.toISOString(), owed: debts.list() }
}
