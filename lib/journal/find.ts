import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { BatonError, EXIT, UsageError } from '../errors.ts'
import type { Event, Origin, Recorded } from '../event.ts'
import { parseJournal, readJournal } from './read.ts'

type Run = Extract<Event, { type: 'run' }>

/** What makes two runs the same work: the playbook's file and the inventories. */
export type Work = Pick<Origin, 'file' | 'inventories'>

/** A journal that was found, read. */
export interface Found {
  readonly file: string
  readonly run: Run
  readonly records: readonly Recorded[]
  /** How it ended. Undefined: it did not. */
  readonly exitCode: number | undefined
}

/** How many journals of other work are looked at, at most. */
const MOST = 1000
/** The first line of a journal is shorter: names of hosts, and arguments. */
const HEAD = 256 * 1024

/** The first record of a journal, without reading the rest. Undefined: it is none, or has none yet. */
const headOf = async (file: string): Promise<Run | undefined> => {
  const handle = await open(file)
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEAD), 0, HEAD, 0)
    const line = buffer.toString('utf8', 0, bytesRead).split('\n', 1)[0] ?? ''
    const event = parseJournal(line, file)[0]?.event
    return event?.type === 'run' ? event : undefined
  } catch (error) {
    if (error instanceof BatonError) return undefined
    throw error
  } finally {
    await handle.close()
  }
}

const same = (origin: Origin | undefined, work: Work): boolean =>
  origin?.file === work.file && JSON.stringify(origin.inventories) === JSON.stringify(work.inventories)

const load = async (file: string, run: Run): Promise<Found> => {
  const records = await readJournal(file)
  const summary = records.findLast(({ event }) => event.type === 'summary' || event.type === 'run')?.event
  return { file, run, records, exitCode: summary?.type === 'summary' ? summary.exitCode : undefined }
}

/** The journals of a folder, the newest first. No folder: none. */
const names = async (folder: string): Promise<readonly string[]> => {
  const all = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new BatonError(`${folder} cannot be read: ${error.message}`, { cause: error })
  })
  return all
    .filter(name => name.endsWith('.jsonl'))
    .sort()
    .reverse()
}

/** It came to its end without having sent a change: refused, or nothing to do. */
const isIdle = ({ records, exitCode }: Found): boolean =>
  exitCode !== undefined && exitCode !== EXIT.done && !records.some(({ event }) => event.type === 'sent')

/**
 * The newest journal of this work that was no check. `run`: the one of that name. `busy`: one that changed something, or may
 * have: behind a run that died there may be others that were refused because of it.
 */
export const findJournal = async (
  folder: string,
  work: Work,
  { run, busy = false }: { readonly run?: string | undefined; readonly busy?: boolean } = {},
): Promise<Found | undefined> => {
  for (const name of (await names(folder)).slice(0, MOST)) {
    if (run !== undefined && !name.endsWith(`-${run}.jsonl`)) continue
    const file = join(folder, name)
    const head = await headOf(file)
    if (head?.mode !== 'apply') continue
    if (same(head.origin, work)) {
      const found = await load(file, head)
      if (run !== undefined || !busy || !isIdle(found)) return found
      continue
    }
    if (run !== undefined)
      throw new UsageError([
        {
          message: `run ${run} was of ${head.origin?.file} on ${head.origin?.inventories.join(', ')}`,
          hint: 'A run is resumed with the playbook and the inventory that it was begun with.',
        },
      ])
  }
  return undefined
}
