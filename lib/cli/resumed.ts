import { resolve } from 'node:path'
import { Refusal, UsageError } from '../errors.ts'
import type { Origin } from '../event.ts'
import { type Found, findJournal } from '../journal/find.ts'
import { isAlive } from '../journal/process.ts'
import { unfinished } from '../journal/unfinished.ts'
import { heldTo } from './chosen.ts'
import type { Options } from './options.ts'
import { quoted } from './quoted.ts'
import { workOf } from './work.ts'

/** Where, and with what, the run was last gone on with. */
const originOf = ({ records, run }: Found): Origin | undefined => {
  const last = records.findLast(({ event }) => event.type === 'run')?.event
  return (last?.type === 'run' ? last.origin : undefined) ?? run.origin
}

const goesOn = (found: Found): boolean => {
  const origin = originOf(found)
  return found.exitCode === undefined && origin !== undefined && isAlive(origin)
}

const usage = (message: string, hint?: string): UsageError =>
  new UsageError([{ message, ...(hint !== undefined && { hint }) }])

const named = async (run: string, options: Options, cwd: string): Promise<Found | undefined> =>
  findJournal(resolve(cwd, options.journal), await workOf(options, cwd), { run })

/** The only one that there is. */
const only = async (options: Options, cwd: string): Promise<Found | undefined> => {
  const work = await workOf(options, cwd)
  const folder = resolve(cwd, options.journal)
  const all = await unfinished(folder, work)
  const stopped = all.filter(one => !goesOn(one))
  const [first, ...more] = stopped.length > 0 ? stopped : all
  if (!first) return findJournal(folder, work, { busy: true })
  if (more.length === 0) return first
  const rows = [first, ...more].map(one => {
    const { limit, tags = [], skipTags = [], startAt } = originOf(one)?.chosen ?? {}
    const chosen = [
      ...(limit === undefined ? [] : [`-l ${quoted(limit)}`]),
      ...(tags.length ? [`-t ${tags.join(',')}`] : []),
      ...(skipTags.length ? [`--skip-tags ${skipTags.join(',')}`] : []),
      ...(startAt === undefined ? [] : [`--start-at ${quoted(startAt)}`]),
    ]
    return `  --resume=${one.run.run}  of ${one.run.time}${chosen.length ? `, ${chosen.join(' ')}` : ''}`
  })
  throw usage(`--resume: which of these runs? None of them ended well\n${rows.join('\n')}`)
}

/**
 * The run that `--resume` means. Throws UsageError when there is none, when there are several and none is named, and when it
 * ended well; Refusal when it still goes on.
 */
const toResume = async (options: Options, cwd: string): Promise<Found> => {
  const { resume } = options
  const found = await (typeof resume === 'string' ? named(resume, options, cwd) : only(options, cwd))
  const which = typeof resume === 'string' ? `run ${resume}` : 'a run of this playbook and inventory'
  if (!found)
    throw usage(
      `--resume: there is no journal of ${which} in ${options.journal}`,
      'Run it without --resume: what is done already plans to nothing.',
    )
  if (found.exitCode === 0)
    throw usage(`--resume: run ${found.run.run} of ${found.run.time} ended well; there is nothing to go on with`)
  if (goesOn(found))
    throw new Refusal(`run ${found.run.run} is still going on, in process ${originOf(found)?.pid} of this machine`, {
      hint: 'Wait for it, or interrupt it first.',
    })
  return found
}

/** The options with which a run is gone on with: its own, and its name. */
export const resumedOptions = async (options: Options, cwd: string): Promise<Options> => {
  const found = await toResume(options, cwd)
  const { run } = found.run
  const chosen = originOf(found)?.chosen
  if (!chosen) return { ...options, resume: run }
  const held = heldTo(chosen, options, run)
  if (held.problems.length > 0) throw new UsageError(held.problems)
  return { ...held.options, resume: run }
}
