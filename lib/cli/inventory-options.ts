import { z } from 'zod'
import type { Problem } from '../errors.ts'
import { flag, on, optionsOf } from './flags.ts'
import { checkFlags, readFlags } from './read-flags.ts'

const WHAT = 'What is shown'
const WHERE = 'Which inventory'

/** What the verb `inventory` takes. */
export const inventorySchema = z.strictObject({
  graph: flag(z.union([z.boolean(), z.string()]).optional(), {
    group: WHAT,
    value: 'GROUP',
    optionalValue: true,
    about: 'the tree of groups and hosts, from all or from this group; this is what is shown without an option',
  }),
  vars: flag(on(), { group: WHAT, about: 'with --graph: the vars of each group, and the effective ones of each host' }),
  host: flag(z.string().optional(), {
    group: WHAT,
    value: 'HOST',
    about: "a host's effective vars, each with its file, line and column",
  }),
  explain: flag(z.array(z.string()).default([]), {
    group: WHAT,
    value: 'VAR',
    about: 'what a var is on every host, where it is set, and what that overrode',
  }),
  output: flag(z.enum(['plain', 'json'], 'must be plain or json').default('plain'), {
    group: WHAT,
    short: 'o',
    value: 'FORMAT',
    about: 'plain, or json; without --host and --explain it is the JSON of ansible-inventory --list',
  }),
  inventory: flag(z.array(z.string()).default([]), {
    group: WHERE,
    short: 'i',
    value: 'NAME',
    completes: 'inventory',
    about:
      'inventories/NAME.yml (.yaml, .ini, .ts), the folder or program inventories/NAME, or a path; several are read as one',
  }),
  limit: flag(z.string().optional(), {
    group: WHERE,
    short: 'l',
    value: 'PATTERN',
    about: "only these hosts: names, groups, * and ?, as in 'standby:&eu:!db3'",
  }),
  extraVars: flag(z.array(z.string()).default([]), {
    group: WHERE,
    short: 'e',
    value: 'KEY=VALUE',
    about: 'as in a run: a var that wins over the inventory; or @FILE, a YAML file of vars',
  }),
  help: flag(on(), { group: WHAT, short: 'h', about: 'this text' }),
})

export type InventoryOptions = z.output<typeof inventorySchema>

export const inventoryOptions = optionsOf(inventorySchema)

export const INVENTORY_USAGE = 'tsx run inventory -i NAME [--graph[=GROUP]] | --host HOST | --explain VAR'

const contradictions = (raw: Readonly<Record<string, unknown>>): readonly Problem[] => {
  const shown = ['graph', 'host', 'explain'].filter(key => raw[key] !== undefined)
  const problems: Problem[] = []
  if (shown.length > 1) problems.push({ message: `${shown.map(key => `--${key}`).join(' and ')} exclude each other` })
  if (raw.vars && (raw.host !== undefined || raw.explain !== undefined))
    problems.push({ message: '--vars goes with --graph only' })
  if (raw.limit !== undefined && raw.host !== undefined)
    problems.push({ message: '--limit and --host exclude each other' })
  return problems
}

/** The options behind the word `inventory`; undefined: --help is asked for. Throws UsageError with everything that is wrong. */
export const parseInventoryOptions = (argv: readonly string[]): InventoryOptions | undefined => {
  const { raw, words, rest = [], problems: wrong } = readFlags(argv, inventoryOptions)
  if (raw.help && !wrong.length) return undefined
  const problems = [...wrong, ...contradictions(raw)]
  const stray = [...words.map(({ text }) => text), ...rest]
  if (!wrong.length && stray.length) {
    const isGroup = words[0]?.behind === 'graph'
    problems.push({
      message: isGroup
        ? `--graph takes its value behind an equals sign: --graph=${stray[0]}`
        : `${stray[0]} belongs to no option`,
      hint: INVENTORY_USAGE,
    })
  }
  if (!wrong.length && !raw.inventory)
    problems.push({
      message: 'which inventory? -i is missing',
      hint: 'Add -i NAME for inventories/NAME.yml, or -i PATH.',
    })
  return checkFlags(inventorySchema, raw, inventoryOptions, problems)
}
