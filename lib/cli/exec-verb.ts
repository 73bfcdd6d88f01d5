import { EXIT, UsageError } from '../errors.ts'
import { painter } from '../report/paint.ts'
import { sinkTo } from '../report/sink.ts'
import { safeJson } from '../report/terminal-text.ts'
import { unheard } from '../report/workflow-command.ts'
import { maskSecrets } from '../secret.ts'
import { type ExecArgs, parseExec } from './exec-args.ts'
import { commandOf, execOn, type Outcome } from './exec-host.ts'
import { endedLine, outcomeLines } from './exec-shown.ts'
import { verbHelp } from './help.ts'
import { type LoadConnect, onHosts } from './on-hosts.ts'
import { parts as real } from './parts.ts'
import { wantsColor } from './style.ts'
import type { Terminal } from './terminal.ts'
import { verbFlow } from './verb-flow.ts'
import { userOf, verbHosts } from './verb-hosts.ts'

const MORE = `One word behind -- is a script for sh ('df -h | grep data'); more are a program and its arguments, which
no shell looks into.

Exit codes: 0 all hosts 0; 2 a command failed; 4 a host was unreachable, or what became of the
command is unknown; 1 wrong arguments, no host was touched; 130 interrupted.`

/** All of stdin, to be given to every host. */
const readStdin = async ({ stdin }: Terminal): Promise<Uint8Array> => {
  if (stdin.isTTY)
    throw new UsageError([{ message: '--stdin: stdin is a terminal', hint: 'Give it a file or a pipe: ... < FILE' }])
  const chunks: Buffer[] = []
  for await (const chunk of stdin) chunks.push(Buffer.from(chunk))
  return Buffer.concat(chunks)
}

const exitCode = (outcomes: readonly Outcome[], interrupted: boolean): number => {
  const some = (...states: readonly Outcome['state'][]) => outcomes.some(({ state }) => states.includes(state))
  if (interrupted) return EXIT.interrupted
  if (some('failed')) return EXIT.failed
  return some('unreachable', 'unknown', 'skipped') ? EXIT.unreachable : EXIT.done
}

const run = async (args: ExecArgs, terminal: Terminal, loadConnect: LoadConnect): Promise<number> => {
  const { stdout, stderr, env } = terminal
  const hosts = await verbHosts(args.pattern, args, terminal)
  const command = commandOf(args.command, args.timeout, args.stdin ? await readStdin(terminal) : undefined)
  const sink = args.output === 'plain' && env.GITHUB_ACTIONS === 'true' ? unheard(sinkTo(stdout)) : sinkTo(stdout)
  const as = userOf(args)
  const { results, interrupted } = await onHosts(
    hosts,
    args.forks,
    { terminal, loadConnect },
    async (host, connect, signal) => {
      const outcome = await execOn(host.name, connect, command, { as, signal })
      if (args.output === 'json')
        sink.write(`${safeJson({ type: 'host', ...outcome, host: maskSecrets(host.name) })}\n`)
      else if (hosts.length > 1) stderr.write(`${endedLine(outcome)}\n`)
      return outcome
    },
  )
  const code = exitCode(results, interrupted)
  if (args.output === 'json') {
    const states = Object.fromEntries(results.map(({ host, state }) => [maskSecrets(host), state]))
    sink.write(`${safeJson({ type: 'summary', exitCode: code, hosts: states })}\n`)
  } else {
    const paint = painter(wantsColor(env, Boolean(stdout.isTTY)))
    sink.write(`${outcomeLines(results, paint).join('\n')}\n`)
  }
  await sink.close()
  return code
}

/** `exec`: a command on many hosts, side by side; hosts that answer the same are shown once. Resolves to the exit code. */
export const execVerb = (
  argv: readonly string[],
  terminal: Terminal,
  { loadConnect }: { readonly loadConnect: LoadConnect } = real,
): Promise<number> =>
  verbFlow(terminal, async () => {
    const args = parseExec(argv)
    if (args) return run(args, terminal, loadConnect)
    terminal.stdout.write(`${verbHelp('exec', [MORE])}\n`)
    return EXIT.done
  })
