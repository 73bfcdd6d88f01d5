import { EXIT, Refusal, UsageError } from '../errors.ts'
import { loadExtraVars } from '../inventory/extra-vars.ts'
import { hostsFor, withBecomePassword } from '../inventory/hosts-for.ts'
import { loadInventory } from '../inventory/load.ts'
import { selectHosts } from '../inventory/pattern.ts'
import { parseOptions } from './args.ts'
import { askHidden, Cancelled } from './ask-hidden.ts'
import { crashed } from './crashed.ts'
import { help } from './help.ts'
import { keysOf } from './keys.ts'
import { limited } from './limited.ts'
import { listHosts, listTasks } from './list.ts'
import { loadPlaybook } from './load-playbook.ts'
import type { Options } from './options.ts'
import { type Parts, parts as real } from './parts.ts'
import { runVerb } from './run-verb.ts'
import { showProblems } from './show-problems.ts'
import { start } from './start.ts'
import { format, wantsColor } from './style.ts'
import type { Terminal } from './terminal.ts'
import { together } from './together.ts'
import { version } from './version.ts'

/** The whole flow: argv -> options -> inventory and playbook -> hosts -> events -> what is shown, and the exit code. */
export const main = async (argv: readonly string[], terminal: Terminal, parts: Parts = real): Promise<number> => {
  const { stdout, stderr, env } = terminal
  const cwd = terminal.cwd()
  let options: Options | undefined
  try {
    const verb = await runVerb(argv, terminal)
    if (verb !== undefined) return verb
    options = parseOptions(argv)
    if (options.help) return print(terminal, `${help()}\n`)
    if (options.version) return print(terminal, `${version()}\n`)

    if (options.resume !== undefined) options = await (await import('./resumed.ts')).resumedOptions(options, cwd)
    const bound =
      options.apply === undefined && options.resume === undefined
        ? undefined
        : await (await import('./bound-plan.ts')).boundPlan(options, terminal)
    options = bound?.options ?? options
    // One for both, which ask at the same time: no question comes twice.
    const keys = keysOf(terminal)
    const [extraVars, inventory, playbook] = await together([
      loadExtraVars(options.extraVars, cwd, keys),
      loadInventory(options.inventory, { cwd, keys }),
      loadPlaybook(options.playbook, cwd),
    ])
    const limit = options.limit === undefined ? undefined : selectHosts(inventory, options.limit)
    const checked = hostsFor(inventory, playbook, { extraVars, cwd })
    const selected = limited(checked, limit, options.limit)
    if (options.listHosts) return print(terminal, listHosts(selected))
    if (options.listTasks) return print(terminal, listTasks(playbook, checked, limit, options))

    const hosts = options.askBecomePass
      ? withBecomePassword(
          checked,
          await askHidden("sudo's password", terminal, 'Set ansible_become_password, or leave -K out.'),
        )
      : checked
    return await start({ playbook, hosts, limit, options, argv, bound }, terminal, parts)
  } catch (error) {
    if (error instanceof Cancelled) return EXIT.interrupted
    if (error instanceof Refusal) return crashed(error, stderr, EXIT.refused)
    if (!(error instanceof UsageError)) return crashed(error, stderr, EXIT.usage)
    stderr.write(await showProblems(error.problems, { cwd, color: wantsColor(env, Boolean(stderr.isTTY)) }))
    if (options && format(options, terminal) === 'json')
      stdout.write(`${JSON.stringify({ type: 'summary', exitCode: EXIT.usage, hosts: {}, durationMs: 0 })}\n`)
    return EXIT.usage
  }
}

const print = ({ stdout }: Terminal, text: string): number => {
  stdout.write(text)
  return EXIT.done
}
