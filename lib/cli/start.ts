import type { Playbook } from '../dsl/playbook.ts'
import { newRunId } from '../engine/run.ts'
import { EXIT, Refusal, UsageError } from '../errors.ts'
import type { Event } from '../event.ts'
import type { Host } from '../inventory/host.ts'
import { readJournal } from '../journal/read.ts'
import type { Binding } from '../plan/binding.ts'
import type { PlanMaker } from '../plan/make.ts'
import { PLAN_KEY } from '../plan/saved-plan.ts'
import { Turn } from '../report/turn.ts'
import type { Bound } from './bound-plan.ts'
import { crashed } from './crashed.ts'
import { onInterrupt } from './interrupts.ts'
import type { Options } from './options.ts'
import type { Parts } from './parts.ts'
import { playbookMistake } from './playbook-mistake.ts'
import { prompter } from './prompter.ts'
import { type RunJournal, recorderOf, runJournal } from './run-journal.ts'
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
  readonly bound: Bound | undefined
}

/** Files are asked for that can only be written when the run is over; what makes them is loaded for them alone. */
const wantsFiles = ({ junit, report, codeQuality, plan }: Options): boolean =>
  [junit, report, codeQuality, plan].some(path => path !== undefined)

/** Where a provider of OpenTelemetry's API has registered itself. */
const TRACING = Symbol.for('opentelemetry.js.api.1')

/** What saves the plan of a check, and what binds a run to one; both are loaded only where they are asked for. */
const planParts = async (
  { options, bound }: Given,
  { resume, earlier }: RunJournal,
  { env, cwd }: Terminal,
): Promise<{ readonly maker: PlanMaker | undefined; readonly binding: Binding | undefined }> => {
  if (options.plan === undefined && !bound) return { maker: undefined, binding: undefined }
  const { sourcesOf } = await import('../plan/sources.ts')
  const about = { sources: sourcesOf(options.playbook, cwd()), key: env[PLAN_KEY] || undefined }
  const progress = resume ? earlier : undefined
  return {
    maker: options.plan === undefined ? undefined : new (await import('../plan/make.ts')).PlanMaker(about),
    binding:
      bound &&
      new (await import('../plan/binding.ts')).Binding(bound.plan, {
        ...about,
        ...(progress && { progress }),
        ...(earlier && { here: earlier }),
      }),
  }
}

/**
 * The run itself: from here on hosts are touched. Resolves to the exit code; throws UsageError for a mistake of the playbook,
 * before any connection.
 */
export const start = async (given: Given, terminal: Terminal, { run, render, loadConnect }: Parts): Promise<number> => {
  const { playbook, hosts, limit, options, argv } = given
  const { stdout, stderr, env } = terminal
  const files = wantsFiles(options) ? await import('./afterwards.ts') : undefined
  await files?.checkAfterwards(options, terminal)
  const past = await runJournal(options, argv, newRunId, terminal.cwd(), given.bound?.saved)
  // Before the first signal can be: Ctrl-C also ends the compiler that tsx loads modules with.
  const connect = await loadConnect()
  const turn = new Turn()
  const interrupt = onInterrupt(terminal, turn)
  const prompt = prompter(terminal, turn, interrupt.now)
  const recorder = recorderOf()
  const { maker, binding } = await planParts(given, past, terminal)
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
      notices: past.notices,
      ...(maker && { planned: maker.planned, built: maker.built }),
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
    if (TRACING in globalThis) await (await import('../report/spans.ts')).traceRun(() => readJournal(journal.file))
    return files ? await files.afterwards(given, journal.file, maker, exitCode, terminal) : exitCode
  } catch (error) {
    if (error instanceof UsageError) throw error
    if (error instanceof Refusal) return crashed(error, stderr, EXIT.refused)
    // Nobody knows how far it got.
    return crashed(error, stderr, EXIT.unreachable)
  } finally {
    interrupt.stop()
  }
}
