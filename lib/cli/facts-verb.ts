import { EXIT } from '../errors.ts'
import { painter } from '../report/paint.ts'
import { sinkTo } from '../report/sink.ts'
import { safeJson } from '../report/terminal-text.ts'
import { unheard } from '../report/workflow-command.ts'
import { type FactsArgs, parseFacts } from './facts-args.ts'
import { factsOf, type Told } from './facts-host.ts'
import { toldLines } from './facts-shown.ts'
import { verbHelp } from './help.ts'
import { factNames } from './host-facts.ts'
import { type LoadConnect, onHosts } from './on-hosts.ts'
import { parts as real } from './parts.ts'
import { wantsColor } from './style.ts'
import type { Terminal } from './terminal.ts'
import { verbFlow } from './verb-flow.ts'
import { userOf, verbHosts } from './verb-hosts.ts'

const exitCode = (told: readonly Told[], interrupted: boolean): number => {
  if (interrupted) return EXIT.interrupted
  if (told.some(({ errors }) => Object.keys(errors).length > 0)) return EXIT.failed
  return told.some(({ unreachable }) => unreachable) ? EXIT.unreachable : EXIT.done
}

const run = async (args: FactsArgs, terminal: Terminal, loadConnect: LoadConnect): Promise<number> => {
  const { stdout, env } = terminal
  const hosts = await verbHosts(args.pattern, args, terminal)
  const names = args.only.length ? factNames.filter(name => args.only.includes(name)) : factNames
  const as = userOf(args)
  const { results, interrupted } = await onHosts(hosts, args.forks, { terminal, loadConnect }, (host, connect) =>
    factsOf(host.name, connect, names, as),
  )
  const code = exitCode(results, interrupted)
  const sink = args.output === 'plain' && env.GITHUB_ACTIONS === 'true' ? unheard(sinkTo(stdout)) : sinkTo(stdout)
  if (args.output === 'json') {
    for (const told of results) sink.write(`${safeJson({ type: 'facts', ...told })}\n`)
    sink.write(`${safeJson({ type: 'summary', exitCode: code })}\n`)
  } else {
    const paint = painter(wantsColor(env, Boolean(stdout.isTTY)))
    sink.write(`${results.map(told => toldLines(told, paint).join('\n')).join('\n\n')}\n`)
  }
  await sink.close()
  return code
}

/** `facts`: what hosts tell of themselves; only what is asked for is read. Resolves to the exit code. */
export const factsVerb = (
  argv: readonly string[],
  terminal: Terminal,
  { loadConnect }: { readonly loadConnect: LoadConnect } = real,
): Promise<number> =>
  verbFlow(terminal, async () => {
    const args = parseFacts(argv)
    if (args) return run(args, terminal, loadConnect)
    terminal.stdout.write(`${verbHelp('facts', [`Facts: ${factNames.join(', ')}.`])}\n`)
    return EXIT.done
  })
