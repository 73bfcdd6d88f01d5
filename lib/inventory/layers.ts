import type { Inventory, InventoryHost } from './inventory.ts'
import type { Setting } from './traced.ts'

/** One place where a var is set for a host. */
export interface Layer {
  readonly setting: Setting
  readonly level: 'command line' | 'host' | 'group'
  /** Of the level group: its name. */
  readonly group?: string
  /** Of the level group: 0 in the inventory itself, more in a group_vars/. */
  readonly tier?: number
}

/** `group web`, `host`, `command line` */
export const showLayer = ({ level, group }: Layer): string => (group === undefined ? level : `${level} ${group}`)

/** The groups of a host, the strongest first and `all` last, in the order in which Ansible would ask them. */
const groupsOf = (inventory: Inventory, host: InventoryHost): readonly string[] => {
  const of = (name: string) => inventory.groups.get(name)
  return ['all', ...host.groups]
    .map((name, i) => ({ name, i, depth: of(name)?.depth ?? 0, priority: of(name)?.priority ?? 1 }))
    .sort((a, b) => b.depth - a.depth || b.priority - a.priority || a.i - b.i)
    .map(({ name }) => name)
}

/** Everything that is set for a host, each var with all its places: command line, host, then groups. */
export const layersOf = (
  inventory: Inventory,
  host: InventoryHost,
  extraVars: ReadonlyMap<string, Setting>,
): ReadonlyMap<string, readonly Layer[]> => {
  const byName = new Map<string, Layer[]>()
  const add = (layer: Layer): void => {
    const list = byName.get(layer.setting.name)
    if (list) list.push(layer)
    else byName.set(layer.setting.name, [layer])
  }
  for (const setting of extraVars.values()) add({ setting, level: 'command line' })
  for (const setting of host.settings) add({ setting, level: 'host' })
  for (const name of groupsOf(inventory, host)) {
    const group = inventory.groups.get(name)
    for (const [i, setting] of (group?.settings ?? []).entries())
      add({ setting, level: 'group', group: name, tier: group?.tiers[i] ?? 0 })
  }
  return byName
}
