import { relative, resolve } from 'node:path'
import { BatonError } from '../errors.ts'
import type { Origin } from '../event.ts'
import { readDebts } from '../journal/debts.ts'
import { Past } from '../journal/earlier.ts'
import { findJournal } from '../journal/find.ts'
import { Journal } from '../journal/journal.ts'
import { thisProcess } from '../journal/process.ts'
import { maskSecrets } from '../secret.ts'
import { chosenBy } from './chosen.ts'
import type { Options } from './options.ts'
import { quoted } from './quoted.ts'
import { workOf } from './work.ts'

/** The command line as it was given; secrets of the inventory that are in it are not shown. */
const commandOf = (argv: readonly string[]): string => maskSecrets(['tsx', 'run', ...argv].map(quoted).join(' '))

/** A resumed run knows its plan and its choice; where it began, it need not be told again. */
const LEFT_OUT = ['apply', 'start-at']

const withoutResume = (argv: readonly string[]): readonly string[] =>
  argv.filter(
    (word, i) =>
      word !== '--resume' &&
      !word.startsWith('--resume=') &&
      !LEFT_OUT.some(name => word === `--${name}` || word.startsWith(`--${name}=`) || argv[i - 1] === `--${name}`),
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
  /** What is to be said of earlier runs. */
  readonly notices: readonly string[]
  /** Opened when the run begins, and not sooner: a mistake of the playbook leaves no journal. */
  open(): Journal
}

/** Finds what an earlier run of the same work left undone: the newest, or the one that `resumedOptions` has chosen. */
export const runJournal = async (
  options: Options,
  argv: readonly string[],
  newId: () => string,
  cwd: string,
  plan?: Origin['plan'],
): Promise<RunJournal> => {
  const folder = resolve(cwd, options.journal)
  const work = await workOf(options, cwd)
  const resume = options.resume !== undefined
  const run = typeof options.resume === 'string' ? options.resume : undefined
  const notices = new Set<string>()
  const damaged = (where: string) =>
    notices.add(`${relative(cwd, where)}: this line of an earlier run's journal is damaged, and was left out`)
  const before = await findJournal(folder, work, { run, damaged })
  const id = run ?? newId()
  const command = withoutResume(argv)
  return {
    id,
    origin: {
      ...work,
      chosen: chosenBy(options, id),
      ...(plan && { plan }),
      command: commandOf(argv),
      ...thisProcess(),
    },
    resumeCommand: `${commandOf(command)} --resume=${id}`,
    earlier: before && new Past(before.records, { resume, debts: await readDebts(folder, work, new Date(), damaged) }),
    ended: before?.exitCode === undefined ? undefined : before.run.run,
    resume,
    notices: [...notices],
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
