import { UsageError } from '../errors.ts'
import type { Group, Inventory, InventoryHost } from '../inventory/inventory.ts'
import { suggest } from '../inventory/near.ts'
import type { Setting } from '../inventory/traced.ts'
import { inlineValue, shownValue } from './inventory-value.ts'
import { explained, safe } from './inventory-vars.ts'

export interface GraphOptions {
  readonly extraVars: ReadonlyMap<string, Setting>
  /** Undefined: all hosts. */
  readonly limit?: ReadonlySet<string> | undefined
  readonly vars: boolean
}

/** Direct children; below `all` are `ungrouped`, those that it names, and every group that is below no other. */
const childrenOf = (inventory: Inventory, { name, children }: Group): readonly string[] => {
  if (name !== 'all') return children
  const top = [...inventory.groups.values()].filter(one => one.name !== 'all' && !one.ancestors.size)
  return [...new Set(['ungrouped', ...children, ...top.map(one => one.name)])]
}

const groupVars = (settings: readonly Setting[]): ReadonlyMap<string, unknown> =>
  new Map([...settings].sort((a, b) => (a.name < b.name ? -1 : 1)).map(one => [one.name, shownValue(one)]))

const hostVars = (
  inventory: Inventory,
  host: InventoryHost,
  { extraVars }: GraphOptions,
): ReadonlyMap<string, unknown> =>
  new Map([...explained(inventory, host, extraVars)].map(([name, { winner }]) => [name, shownValue(winner.setting)]))

/** The tree, line by line, as `ansible-inventory --graph` draws it. Throws UsageError for a group that is not there. */
export const graphLines = (inventory: Inventory, from: string, options: GraphOptions): readonly string[] => {
  const { groups, hosts } = inventory
  const start = groups.get(from)
  if (!start)
    throw new UsageError([
      { message: `--graph=${from}: ${inventory.files.join(', ')} has no such group`, ...suggest(from, groups.keys()) },
    ])
  const lines: string[] = []
  const add = (depth: number, text: string) => lines.push(`${'  |'.repeat(depth)}${depth ? '--' : ''}${text}`)
  const addVars = (depth: number, vars: ReadonlyMap<string, unknown>): void => {
    if (options.vars) for (const [name, value] of vars) add(depth, `{${safe(name)} = ${inlineValue(value)}}`)
  }
  const walk = (name: string, depth: number): void => {
    const group = groups.get(name)
    add(depth, `@${safe(name)}:`)
    for (const child of group ? childrenOf(inventory, group) : []) walk(child, depth + 1)
    for (const host of name === 'all' ? [] : (group?.ownHosts ?? [])) {
      if (!(options.limit?.has(host) ?? true)) continue
      add(depth + 1, safe(host))
      if (options.vars) addVars(depth + 2, hostVars(inventory, hosts.get(host)!, options))
    }
    addVars(depth + 1, groupVars(group?.settings ?? []))
  }
  walk(from, 0)
  return lines
}

/** The JSON of `ansible-inventory --list`, so that what reads that can read this: secrets aside. */
export const inventoryList = (inventory: Inventory, options: GraphOptions): Readonly<Record<string, unknown>> => {
  const takesPart = (host: string): boolean => options.limit?.has(host) ?? true
  const groups = [...inventory.groups.values()].flatMap(group => {
    const hosts = group.name === 'all' ? [] : group.ownHosts.filter(takesPart).map(safe)
    const children = childrenOf(inventory, group).map(safe)
    const vars = options.vars ? Object.fromEntries(groupVars(group.settings)) : {}
    const parts = { hosts, children, vars }
    const filled = Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0)
    return filled.length ? [[safe(group.name), Object.fromEntries(filled)] as const] : []
  })
  const hostvars = [...inventory.hosts.values()]
    .filter(({ name }) => takesPart(name))
    .map(host => [safe(host.name), Object.fromEntries(hostVars(inventory, host, options))] as const)
  return { ...Object.fromEntries(groups), _meta: { hostvars: Object.fromEntries(hostvars) } }
}
