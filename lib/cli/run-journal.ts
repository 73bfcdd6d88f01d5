import { relative, resolve } from 'node:path'
import { BatonError, Refusal, UsageError } from '../errors.ts'
import type { Origin } from '../event.ts'
import { Past } from '../journal/earlier.ts'
import { type Found, findJournal } from '../journal/find.ts'
import { Journal } from '../journal/journal.ts'
import { isAlive, thisProcess } from '../journal/process.ts'
import { maskSecrets } from '../secret.ts'
import type { Options } from './options.ts'
import { quoted } from './quoted.ts'

/** The command line as it was given; secrets of the inventory that are in it are not shown. */
const commandOf = (argv: readonly string[]): string => maskSecrets(['tsx', 'run', ...argv].map(quoted).join(' '))

/** A resumed run knows its plan. */
const withoutResume = (argv: readonly string[]): readonly string[] =>
  argv.filter(
    (word, i) =>
      !['--resume', '--apply'].includes(word) && !/^--(resume|apply)=/.test(word) && argv[i - 1] !== '--apply',
  )

/** What of earlier runs matters for this one, and where this one is written down. */
export interface RunJournal {
  readonly id: string
  readonly origin: Origin
  readonly resumeCommand: string
  readonly earlier: Past | undefined
  /** The run before this one, if it is known to have ended. */
  readonly ended: string | undefined
  readonly resume: boolean
  /** Opened when the run begins, and not sooner: a mistake of the playbook leaves no journal. */
  open(): Journal
}

const toResume = (found: Found | undefined, options: Options): Found => {
  const named = typeof options.resume === 'string' ? `run ${options.resume}` : 'a run of this playbook and inventory'
  if (!found)
    throw new UsageError([
      {
        message: `--resume: there is no journal of ${named} in ${options.journal}`,
        hint: 'Run it without --resume: what is done already plans to nothing.',
      },
    ])
  if (found.exitCode === 0)
    throw new UsageError([
      { message: `--resume: run ${found.run.run} of ${found.run.time} ended well; there is nothing to go on with` },
    ])
  const last = found.records.findLast(({ event }) => event.type === 'run')?.event
  const origin = last?.type === 'run' ? last.origin : undefined
  if (found.exitCode === undefined && origin && isAlive(origin))
    throw new Refusal(`run ${found.run.run} is still going on, in process ${origin.pid} of this machine`, {
      hint: 'Wait for it, or interrupt it first.',
    })
  return found
}

/**
 * Finds what an earlier run of the same work left undone. Throws UsageError when there is nothing to resume, Refusal when
 * the run to be resumed still goes on.
 */
export const runJournal = async (
  options: Options,
  argv: readonly string[],
  newId: () => string,
  cwd: string,
  plan?: Origin['plan'],
): Promise<RunJournal> => {
  const folder = resolve(cwd, options.journal)
  const work = { file: relative(cwd, resolve(cwd, options.playbook)), inventories: options.inventory }
  const resume = options.resume !== undefined
  const found = await findJournal(folder, work, {
    run: typeof options.resume === 'string' ? options.resume : undefined,
    busy: resume,
  })
  const before = resume ? toResume(found, options) : found
  const id = resume && before ? before.run.run : newId()
  const command = withoutResume(argv)
  return {
    id,
    origin: { ...work, ...(plan && { plan }), command: commandOf(argv), ...thisProcess() },
    resumeCommand: `${commandOf(command)} --resume`,
    earlier: before && new Past(before.records, { resume }),
    ended: before?.exitCode === undefined ? undefined : before.run.run,
    resume,
    open: () => (resume && before ? Journal.append(before.file) : Journal.create(folder, id)),
  }
}

/** A journal that is opened late: what comes sooner is a mistake in Baton. */
export const recorderOf = () => {
  let journal: Journal | undefined
  const opened = (): Journal => {
    if (!journal) throw new BatonError('nothing can happen before the journal is open')
    return journal
  }
  return {
    open(one: Journal): void {
      journal = one
    },
    record: (event: Parameters<Journal['record']>[0]) => opened().record(event),
    durable: () => opened().durable(),
  }
}
