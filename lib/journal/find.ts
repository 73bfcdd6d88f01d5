import { open, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { BatonError, EXIT, UsageError } from '../errors.ts'
import type { Event, Origin, Recorded } from '../event.ts'
import { parseJournal, readJournal } from './read.ts'

type Run = Extract<Event, { type: 'run' }>

/** What makes two runs the same work: the playbook's file and the inventories, however -i spelled them. */
export type Work = Pick<Origin, 'file' | 'inventories' | 'paths'>

/** A journal that was found. */
export interface Head {
  readonly file: string
  readonly run: Run
}

/** One that was read. */
export interface Found extends Head {
  readonly records: readonly Recorded[]
  /** How it ended. Undefined: it did not. */
  readonly exitCode: number | undefined
}

/** Bytes that the first line of a journal mostly fits into. It may be longer: it has the names of all hosts. */
const HEAD = 16 * 1024

/** The first record of a journal, without reading the rest. Undefined: it is none, or has none yet. */
const headOf = async (file: string): Promise<Run | undefined> => {
  const handle = await open(file)
  try {
    const parts: Buffer[] = []
    for (let size = HEAD, at = 0; ; at += size, size *= 2) {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, at)
      parts.push(buffer.subarray(0, bytesRead))
      if (bytesRead < size || buffer.includes('\n')) break
    }
    const line = Buffer.concat(parts).toString('utf8').split('\n', 1)[0] ?? ''
    const event = parseJournal(line, file)[0]?.event
    return event?.type === 'run' ? event : undefined
  } catch (error) {
    if (error instanceof BatonError) return undefined
    throw error
  } finally {
    await handle.close()
  }
}

const equal = (one: readonly string[] | undefined, other: readonly string[] | undefined): boolean =>
  one !== undefined && JSON.stringify(one) === JSON.stringify(other)

const same = (origin: Origin | undefined, work: Work): boolean =>
  origin?.file === work.file && (equal(origin.paths, work.paths) || equal(origin.inventories, work.inventories))

const load = async (file: string, run: Run, damaged?: (where: string) => void): Promise<Found> => {
  const records = await readJournal(file, damaged)
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

/** The journals of this work that were no checks, the newest first. `skip`: asked of each file before it is opened. */
export async function* headsOf(
  folder: string,
  work: Work,
  skip: (file: string) => Promise<boolean>,
): AsyncGenerator<Head> {
  for (const name of await names(folder)) {
    const file = join(folder, name)
    if (await skip(file)) continue
    const run = await headOf(file)
    if (run?.mode === 'apply' && same(run.origin, work)) yield { file, run }
  }
}

/** It came to its end without having sent a change: refused, or nothing to do. */
export const isIdle = ({ records, exitCode }: Found): boolean =>
  exitCode !== undefined && exitCode !== EXIT.done && !records.some(({ event }) => event.type === 'sent')

/** The same, whole: one by one, as far as somebody asks for more. */
export async function* runsOf(folder: string, work: Work, damaged?: (where: string) => void): AsyncGenerator<Found> {
  for await (const { file, run } of headsOf(folder, work, async () => false)) yield await load(file, run, damaged)
}

const byName = async (folder: string, work: Work, run: string): Promise<Found | undefined> => {
  const file = (await names(folder)).find(name => name.endsWith(`-${run}.jsonl`))
  const head = file && (await headOf(join(folder, file)))
  if (!file || !head || head.mode !== 'apply') return undefined
  if (same(head.origin, work)) return load(join(folder, file), head)
  throw new UsageError([
    {
      message: `run ${run} was of ${head.origin?.file} on ${head.origin?.inventories.join(', ')}`,
      hint: 'A run is resumed with the playbook and the inventory that it was begun with.',
    },
  ])
}

/**
 * The newest journal of this work that was no check. `run`: the one of that name. `busy`: one that changed something, or may
 * have: behind a run that died there may be others that were refused because of it. `damaged`: told of lines that are left
 * out, instead of an error; for a run that is resumed there is none.
 */
export const findJournal = async (
  folder: string,
  work: Work,
  {
    run,
    busy = false,
    damaged,
  }: {
    readonly run?: string | undefined
    readonly busy?: boolean
    readonly damaged?: (where: string) => void
  } = {},
): Promise<Found | undefined> => {
  if (run !== undefined) return byName(folder, work, run)
  for await (const found of runsOf(folder, work, damaged)) if (!busy || !isIdle(found)) return found
  return undefined
}
