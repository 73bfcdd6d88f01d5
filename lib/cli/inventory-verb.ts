import { EXIT, type Problem, UsageError } from '../errors.ts'
import { loadExtraVars } from '../inventory/extra-vars.ts'
import { loadInventory } from '../inventory/load.ts'
import { selectHosts } from '../inventory/pattern.ts'
import { sinkTo } from '../report/sink.ts'
import { safeJson } from '../report/terminal-text.ts'
import { optionsHelp } from './help.ts'
import { checkVar, explainJson, explainLines, type HostVars } from './inventory-explain.ts'
import { graphLines, inventoryList } from './inventory-graph.ts'
import { hostJson, hostLines, hostNamed } from './inventory-host.ts'
import { INVENTORY_USAGE, type InventoryOptions, inventoryOptions, parseInventoryOptions } from './inventory-options.ts'
import { explained } from './inventory-vars.ts'
import { keysOf } from './keys.ts'
import type { Terminal } from './terminal.ts'
import { together } from './together.ts'
import { verbFlow } from './verb-flow.ts'

interface Answer {
  readonly text: string
  /** Said after what is shown; the exit code is 1 then. */
  readonly problems: readonly Problem[]
}

const conflictsOf = (vars: HostVars, only?: readonly string[]): readonly Problem[] => {
  const found = [...vars.values()].flatMap(own =>
    [...own.values()].flatMap(({ name, conflict }) => (conflict && (only?.includes(name) ?? true) ? [conflict] : [])),
  )
  return [...new Map(found.map(problem => [JSON.stringify(problem), problem])).values()]
}

const lines = (all: readonly string[]): string => all.map(line => `${line}\n`).join('')

const answer = async (options: InventoryOptions, terminal: Terminal): Promise<Answer> => {
  const cwd = terminal.cwd()
  const keys = keysOf(terminal)
  const [inventory, extraVars] = await together([
    loadInventory(options.inventory, { cwd, keys }),
    loadExtraVars(options.extraVars, cwd, keys),
  ])
  const limit = options.limit === undefined ? undefined : selectHosts(inventory, options.limit)
  const json = options.output === 'json'
  const varsOf = (names: readonly string[]): HostVars =>
    new Map(names.map(name => [name, explained(inventory, hostNamed(inventory, name), extraVars)]))

  if (options.host !== undefined) {
    const host = hostNamed(inventory, options.host)
    const vars = varsOf([host.name])
    const own = vars.get(host.name)!
    return {
      text: json ? `${safeJson(hostJson(host, own))}\n` : lines(hostLines(host, own)),
      problems: conflictsOf(vars),
    }
  }
  if (options.explain.length) {
    const vars = varsOf([...inventory.hosts.keys()].filter(name => limit?.has(name) ?? true))
    for (const name of options.explain) checkVar(name, inventory, vars)
    const text = json
      ? options.explain.map(name => `${safeJson(explainJson(name, vars))}\n`).join('')
      : lines(options.explain.flatMap(name => explainLines(name, vars)))
    return { text, problems: conflictsOf(vars, options.explain) }
  }
  const how = { extraVars, limit, vars: options.vars }
  const from = typeof options.graph === 'string' ? options.graph : 'all'
  const text = json ? `${safeJson(inventoryList(inventory, how))}\n` : lines(graphLines(inventory, from, how))
  return { text, problems: [] }
}

/** `inventory`: hosts, groups, and where values come from; no host is touched. Resolves to the exit code. */
export const inventoryVerb = (argv: readonly string[], terminal: Terminal): Promise<number> =>
  verbFlow(terminal, async () => {
    const options = parseInventoryOptions(argv)
    const { text, problems } = options
      ? await answer(options, terminal)
      : { text: `${[`Usage: ${INVENTORY_USAGE}`, ...optionsHelp(inventoryOptions)].join('\n\n')}\n`, problems: [] }
    const sink = sinkTo(terminal.stdout)
    sink.write(text)
    await sink.close()
    if (problems.length) throw new UsageError(problems)
    return EXIT.done
  })
