import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { z } from 'zod'
import { BatonError, EXIT, UsageError } from '../errors.ts'
import type { Recorded } from '../event.ts'
import { replay } from '../report/render.ts'
import { oneLine } from '../report/terminal-text.ts'
import { checkViewPaths, writeViews } from '../report/views.ts'
import { maskSecrets } from '../secret.ts'
import { verbHelp } from './help.ts'
import { checkFlags, readFlags } from './read-flags.ts'
import { reportOptions, reportSchema } from './report-options.ts'
import { format, wantsColor } from './style.ts'
import type { Terminal } from './terminal.ts'
import { verbFlow } from './verb-flow.ts'

type Read = (file: string) => Promise<readonly Recorded[]>

interface ReportArgs extends z.output<typeof reportSchema> {
  readonly journal: string
}

const USAGE = 'tsx run report JOURNAL [options]'

const MORE = `A journal is what a run leaves behind, one JSON line an event.

Exit codes: 0 shown, whatever became of the run; 1 wrong arguments, or no journal.`

/** The arguments behind the word `report`; undefined: --help is asked for. Throws UsageError with everything that is wrong. */
export const parseReport = (argv: readonly string[]): ReportArgs | undefined => {
  const { raw, words, rest = [], problems } = readFlags(argv, reportOptions)
  if (raw.help && problems.length === 0) return undefined
  const journals = [...words.map(({ text }) => text), ...rest]
  const wrong = problems.length
    ? []
    : journals.length === 0
      ? [{ message: 'which journal?', hint: `${USAGE}; runs say where they keep theirs` }]
      : journals.length > 1
        ? [{ message: `one JOURNAL at a time; got ${journals.join(' ')}`, hint: USAGE }]
        : []
  const options = checkFlags(reportSchema, raw, reportOptions, [...problems, ...wrong])
  return { ...options, journal: journals[0] ?? '' }
}

/** A line that a crash cut in two has no end. */
const isTorn = async (file: string): Promise<boolean> => {
  const journal = await open(file)
  try {
    const { size } = await journal.stat()
    const { buffer, bytesRead } = await journal.read(Buffer.alloc(1), 0, 1, Math.max(0, size - 1))
    return bytesRead === 1 && buffer[0] !== 0x0a
  } finally {
    await journal.close()
  }
}

const load = async (file: string, name: string, read: Read): Promise<readonly Recorded[]> => {
  try {
    return await read(file)
  } catch (error) {
    if (error instanceof UsageError) throw error
    const message = (error instanceof Error ? error.message : String(error)).replaceAll(file, name)
    const hint = error instanceof BatonError ? error.hint : undefined
    throw new UsageError([{ message, ...(hint !== undefined && { hint }) }])
  }
}

const show = async (args: ReportArgs, terminal: Terminal, read: Read): Promise<number> => {
  const { stdout, stderr, env } = terminal
  const file = resolve(terminal.cwd(), args.journal)
  const [records, problems] = await Promise.all([load(file, args.journal, read), checkViewPaths(args, terminal)])
  if (problems.length > 0) throw new UsageError(problems)
  const say = (text: string) => stderr.write(`${oneLine(maskSecrets(text))}\n`)
  if (records.length === 0) throw new UsageError([{ message: `${args.journal} is empty: no run began` }])
  if (await isTorn(file)) say(`${args.journal}: its last line was cut off while it was written, and is left out`)
  if (records.at(-1)?.event.type !== 'summary')
    say(`${args.journal} ends before the run did: nobody knows how it went on`)
  await writeViews(records, args, terminal)
  const silent = [args.junit, args.report, args.codeQuality, args.summary].some(path => path !== undefined)
  if (args.output || !silent)
    await replay(records, {
      format: format(args, terminal),
      stream: stdout,
      diff: args.diff,
      verbosity: args.verbose,
      ...(stdout.columns !== undefined && { columns: stdout.columns }),
      color: wantsColor(env, Boolean(stdout.isTTY)),
      env,
    })
  return EXIT.done
}

/** `report`: a run that is over, as it was shown, or as files. `argv`: what stands behind the word. Resolves to the exit code. */
export const reportVerb = (
  argv: readonly string[],
  terminal: Terminal,
  read: Read = async file => (await import('../journal/read.ts')).readJournal(file),
): Promise<number> =>
  verbFlow(terminal, async () => {
    const args = parseReport(argv)
    if (args) return await show(args, terminal, read)
    terminal.stdout.write(`${verbHelp('report', [MORE])}\n`)
    return EXIT.done
  })
