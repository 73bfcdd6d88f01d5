import type { Playbook } from '../dsl/playbook.ts'
import { EXIT, UsageError } from '../errors.ts'
import type { Event } from '../event.ts'
import type { Host } from '../inventory/host.ts'
import { Turn } from '../report/turn.ts'
import { crashed } from './crashed.ts'
import { onInterrupt } from './interrupts.ts'
import type { Options } from './options.ts'
import type { Parts } from './parts.ts'
import { playbookMistake } from './playbook-mistake.ts'
import { prompter } from './prompter.ts'
import { format, wantsColor } from './style.ts'
import type { Terminal } from './terminal.ts'

/**
 * The run itself: from here on hosts are touched. Resolves to the exit code; throws UsageError for a mistake of the playbook,
 * before any connection.
 */
export const start = async (
  playbook: Playbook,
  hosts: readonly Host[],
  limit: ReadonlySet<string> | undefined,
  options: Options,
  terminal: Terminal,
  { run, render, loadConnect }: Parts,
): Promise<number> => {
  const { stdout, stderr, env } = terminal
  // Before the first signal can be: Ctrl-C also ends the compiler that tsx loads modules with.
  const connect = await loadConnect()
  const interrupt = onInterrupt(terminal)
  const turn = new Turn()
  const prompt = prompter(terminal, turn, interrupt.now)
  try {
    let events: AsyncIterable<Event>
    try {
      events = run(playbook, hosts, {
        mode: options.check ? 'check' : 'apply',
        forks: options.forks,
        ...(limit && { limit }),
        expectNoChanges: options.expectNoChanges,
        signal: interrupt.signal,
        connect: host => connect(host, { signal: interrupt.signal, ...(prompt && { prompt }) }),
      })
    } catch (error) {
      throw playbookMistake(error, playbook.at)
    }
    const summary = await render(events, {
      format: format(options, terminal),
      stream: stdout,
      turn,
      diff: options.diff,
      verbosity: options.verbose,
      ...(stdout.columns !== undefined && { columns: stdout.columns }),
      color: wantsColor(env, Boolean(stdout.isTTY)),
    })
    return interrupt.signal.aborted ? EXIT.interrupted : summary.exitCode
  } catch (error) {
    if (error instanceof UsageError) throw error
    // Nobody knows how far it got.
    return crashed(error, stderr, EXIT.unreachable)
  } finally {
    interrupt.stop()
  }
}
