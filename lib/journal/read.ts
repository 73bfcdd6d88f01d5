import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { BatonError } from '../errors.ts'
import type { Recorded } from '../event.ts'

/** Only what tells one event from another: a journal is our own file, and what is folded from it is checked there. */
const line = z.object({ time: z.string(), event: z.looseObject({ type: z.string() }) })

const parse = (text: string): Recorded | undefined => {
  try {
    return line.safeParse(JSON.parse(text)).data as Recorded | undefined
  } catch {
    return undefined
  }
}

/**
 * The lines of a journal. One may be cut off at the end, because the controller or its machine ended in the middle of it,
 * and where a resumed run went on behind such an end; it is left out. Any other line that is no record is damage: throws
 * BatonError that names it, or tells `damaged` of each and goes on behind it.
 */
export const parseJournal = (text: string, file: string, damaged?: (where: string) => void): readonly Recorded[] => {
  const lines = text.split('\n')
  const records: Recorded[] = []
  for (const [i, one] of lines.entries()) {
    if (one === '') continue
    const record = parse(one)
    if (record) {
      records.push(record)
      continue
    }
    const next = parse(lines[i + 1] ?? '')
    const atEnd = lines.slice(i + 1).every(rest => rest === '')
    if (atEnd || next?.event.type === 'run') continue
    if (damaged) damaged(`${file}:${i + 1}`)
    else
      throw new BatonError(`${file}:${i + 1}: this line is no record of a run`, {
        hint: 'The journal is damaged. A run without --resume does not need it.',
      })
  }
  return records
}

/** Throws BatonError when it cannot be read, or is no journal. `damaged`: see `parseJournal`. */
export const readJournal = async (file: string, damaged?: (where: string) => void): Promise<readonly Recorded[]> => {
  let text: string
  try {
    text = await readFile(file, 'utf8')
  } catch (cause) {
    throw new BatonError(`${file} cannot be read: ${(cause as Error).message}`, { cause })
  }
  const records = parseJournal(text, file, damaged)
  if (records[0]?.event.type !== 'run')
    throw new BatonError(`${file} is no journal: it does not begin with a run`, {
      hint: 'Journals are in .baton/runs, or where --journal put them.',
    })
  return records
}
