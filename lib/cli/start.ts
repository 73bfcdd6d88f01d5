import type { Playbook } from '../dsl/playbook.ts'
import { newRunId } from '../engine/run.ts'
import { EXIT, Refusal, UsageError } from '../errors.ts'
import type { Event } from '../event.ts'
import type { Host } from '../inventory/host.ts'
import { readJournal } from '../journal/read.ts'
import { Binding } from '../plan/binding.ts'
import { PlanMaker } from '../plan/make.ts'
import type { PlanContent } from '../plan/saved-plan.ts'
import { Turn } from '../report/turn.ts'
import { checkViewPaths, writeViews } from '../report/views.ts'
import { crashed } from './crashed.ts'
import { onInterrupt } from './interrupts.ts'
import type { Options } from './options.ts'
import type { Parts } from './parts.ts'
import { planProblems, savePlan } from './plan-files.ts'
import { playbookMistake } from './playbook-mistake.ts'
import { prompter } from './prompter.ts'
import { recorderOf, runJournal } from './run-journal.ts'
import { format, wantsColor } from './style.ts'
import type { Terminal } from './terminal.ts'

/** What of the command line decides what is run. */
export interface Given {
  readonly playbook: Playbook
  readonly hosts: readonly Host[]
  readonly limit: ReadonlySet<string> | undefined
  readonly options: Options
  readonly argv: readonly string[]
  /** The saved plan that the run is to keep to. */
  readonly plan: PlanContent | undefined
}

const wanted = ({ junit, report, codeQuality, plan }: Options): boolean =>
  [junit, report, codeQuality, plan].some(path => path !== undefined)

/** Where a provider of OpenTelemetry's API has registered itself. */
const TRACING = Symbol.for('opentelemetry.js.api.1')

/**
 * What is made of a run that is over. The run went as its exit code says; a view that cannot be written is said, and makes a
 * success no success, for who asked for it will look for it.
 */
const afterwards = async (
  given: Given,
  file: string,
  maker: PlanMaker | undefined,
  exitCode: number,
  terminal: Terminal,
): Promise<number> => {
  const { options } = given
  const { stderr } = terminal
  try {
    const records = wanted(options) ? await readJournal(file) : []
    await writeViews(records, options, terminal)
    if (TRACING in globalThis) await (await import('../report/spans.ts')).traceRun(() => readJournal(file))
    if (maker && (exitCode === EXIT.done || exitCode === EXIT.changesPending))
      await savePlan(maker, given, records, terminal)
    else if (maker) stderr.write(`No plan was saved: ${options.plan} is written only by a check that went well.\n`)
    return exitCode
  } catch (error) {
    return crashed(error, stderr, exitCode === EXIT.done ? EXIT.failed : exitCode)
  }
}

/**
 * The run itself: from here on hosts are touched. Resolves to the exit code; throws UsageError for a mistake of the playbook,
 * before any connection.
 */
export const start = async (given: Given, terminal: Terminal, { run, render, loadConnect }: Parts): Promise<number> => {
  const { playbook, hosts, limit, options, argv } = given
  const { stdout, stderr, env } = terminal
  const problems = [...(await checkViewPaths(options, terminal)), ...(await planProblems(options, terminal.cwd()))]
  if (problems.length > 0) throw new UsageError(problems)
  const past = await runJournal(options, argv, newRunId, terminal.cwd())
  // Before the first signal can be: Ctrl-C also ends the compiler that tsx loads modules with.
  const connect = await loadConnect()
  const interrupt = onInterrupt(terminal)
  const turn = new Turn()
  const prompt = prompter(terminal, turn, interrupt.now)
  const recorder = recorderOf()
  const maker = options.plan === undefined ? undefined : new PlanMaker()
  const binding = given.plan && new Binding(given.plan)
  let events: AsyncIterable<Event>
  try {
    events = run(playbook, hosts, {
      mode: options.check ? 'check' : 'apply',
      forks: options.forks,
      ...(limit && { limit }),
      selection: options,
      expectNoChanges: options.expectNoChanges,
      signal: interrupt.signal,
      stop: interrupt.end,
      id: past.id,
      recorder,
      ...(past.earlier && { earlier: past.earlier }),
      resume: past.resume,
      origin: past.origin,
      resumeCommand: past.resumeCommand,
      ...(maker && { planned: maker.planned }),
      ...(binding && { binding }),
      lease: {
        seconds: options.leaseSeconds,
        inventory: options.inventory.join(' -i '),
        ...(past.ended !== undefined && { ended: past.ended }),
      },
      connect: host => connect(host, { signal: interrupt.signal, ...(prompt && { prompt }) }),
    })
  } catch (error) {
    interrupt.stop()
    throw error instanceof Refusal ? error : playbookMistake(error, playbook.at)
  }
  const journal = past.open()
  recorder.open(journal)
  try {
    const summary = await render(events, {
      format: format(options, terminal),
      stream: stdout,
      env,
      turn,
      diff: options.diff,
      verbosity: options.verbose,
      ...(stdout.columns !== undefined && { columns: stdout.columns }),
      color: wantsColor(env, Boolean(stdout.isTTY)),
    })
    journal.close()
    const exitCode = interrupt.signal.aborted ? EXIT.interrupted : summary.exitCode
    return await afterwards(given, journal.file, maker, exitCode, terminal)
  } catch (error) {
    if (error instanceof UsageError) throw error
    if (error instanceof Refusal) return crashed(error, stderr, EXIT.refused)
    // Nobody knows how far it got.
    return crashed(error, stderr, EXIT.unreachable)
  } finally {
    interrupt.stop()
  }
}
