import { EXIT } from '../errors.ts'
import type { LeasePlace } from '../lease/host-script.ts'
import { painter } from '../report/paint.ts'
import { sinkTo } from '../report/sink.ts'
import { safeJson } from '../report/terminal-text.ts'
import { maskSecrets } from '../secret.ts'
import { verbHelp } from './help.ts'
import { type LocksArgs, parseLocks } from './locks-args.ts'
import { type HostLocks, locksOn } from './locks-host.ts'
import { brokenLines, locksLines } from './locks-shown.ts'
import { type LoadConnect, onHosts } from './on-hosts.ts'
import { parts as real } from './parts.ts'
import { wantsColor } from './style.ts'
import type { Terminal } from './terminal.ts'
import { verbFlow } from './verb-flow.ts'
import { userOf, verbHosts } from './verb-hosts.ts'

export interface LocksParts {
  readonly loadConnect: LoadConnect
  /** For tests: where a host keeps its leases. */
  readonly place?: (host: string) => LeasePlace
}

const MORE = `list    who holds which hosts, of all or of those that PATTERN means
break   ends the leases of one run, which --run names: the hosts refuse its commands from then on.
        A command that runs already goes on to its end. Nobody needs to break a lease that has run out.

Exit codes: 0 done; 4 a host was unreachable; 5 there was no lease of that run, or it was another
one by then; 2 a host would not; 1 wrong arguments, no host was touched; 130 interrupted.`

const exitCode = (args: LocksArgs, results: readonly HostLocks[], interrupted: boolean): number => {
  const some = (kind: string) => results.some(({ problem }) => problem?.kind === kind)
  if (interrupted) return EXIT.interrupted
  if (some('failed')) return EXIT.failed
  if (some('unreachable')) return EXIT.unreachable
  const none = args.verb === 'break' && results.every(({ broken }) => broken.length === 0)
  return none || some('changed') ? EXIT.refused : EXIT.done
}

const json = ({ host, leases, broken, problem }: HostLocks, verb: LocksArgs['verb']): string => {
  const shown = leases.map(({ lease, ...seen }) => ({ ...lease, ...seen }))
  const text = { type: 'host', host, leases: shown, ...(verb === 'break' && { broken }), ...(problem && { problem }) }
  return safeJson(JSON.parse(maskSecrets(JSON.stringify(text))))
}

const lines = (args: LocksArgs, results: readonly HostLocks[], terminal: Terminal): readonly string[] => {
  const paint = painter(wantsColor(terminal.env, Boolean(terminal.stdout.isTTY)))
  if (args.verb === 'list') return locksLines(results, paint)
  const done = brokenLines(results, args.run, paint)
  if (results.some(({ broken }) => broken.length > 0)) return done
  return [...done, `no host has a lease of run ${args.run}; what they have:`, '', ...locksLines(results, paint)]
}

const run = async (args: LocksArgs, terminal: Terminal, { loadConnect, place }: LocksParts): Promise<number> => {
  const hosts = await verbHosts(args.pattern, args, terminal)
  const breaks = args.verb === 'break' ? args.run : undefined
  const work = { as: userOf(args), breaks }
  const { results, interrupted } = await onHosts(hosts, args.forks, { terminal, loadConnect }, ({ name }, connect) =>
    locksOn(name, connect, { ...work, place: place?.(name) }),
  )
  const code = exitCode(args, results, interrupted)
  const sink = sinkTo(terminal.stdout)
  if (args.output === 'json') {
    for (const result of results) sink.write(`${json(result, args.verb)}\n`)
    sink.write(`${safeJson({ type: 'summary', exitCode: code })}\n`)
  } else sink.write(`${lines(args, results, terminal).join('\n')}\n`)
  await sink.close()
  return code
}

/** `locks list` and `locks break`: the leases that runs hold on hosts. Resolves to the exit code. */
export const locksVerb = (argv: readonly string[], terminal: Terminal, parts: LocksParts = real): Promise<number> =>
  verbFlow(terminal, async () => {
    const args = parseLocks(argv)
    if (args) return run(args, terminal, parts)
    terminal.stdout.write(`${verbHelp('locks', [MORE])}\n`)
    return EXIT.done
  })
