import { isDeepStrictEqual } from 'node:util'
import { type Problem, showLocation } from '../errors.ts'
import type { Inventory, InventoryHost } from './inventory.ts'
import { plain, type Setting } from './traced.ts'

/** Everything that is set for a host, each name once, and what contradicts itself. */
export interface Effective {
  readonly settings: ReadonlyMap<string, Setting>
  readonly conflicts: readonly Problem[]
}

interface Candidate {
  readonly setting: Setting
  /** A group's name; undefined: the host's own. */
  readonly group?: string
}

const conflict = (name: string, a: Candidate, b: Candidate): Problem => ({
  message:
    a.group === b.group
      ? `${name} is set twice, differently, for ${b.group ? `group ${b.group}` : 'the host'}: here and at ${showLocation(a.setting.at)}`
      : `${name} is set differently by group ${b.group}, here, and by group ${a.group}, at ${showLocation(a.setting.at)}`,
  at: b.setting.at,
  hint:
    a.group === b.group
      ? 'Remove one of them.'
      : 'Neither group is above the other. Set it in one of them, in a group below both, or on the host.',
})

/** Command line over host, host over group, a group over those above it, and `all` last. */
export const effective = (
  inventory: Inventory,
  host: InventoryHost,
  extraVars: ReadonlyMap<string, Setting>,
  wanted: (name: string) => boolean,
): Effective => {
  const byName = new Map<string, Candidate[]>()
  const add = (settings: readonly Setting[], group?: string): void => {
    for (const setting of settings) {
      if (!wanted(setting.name)) continue
      const list = byName.get(setting.name)
      if (list) list.push({ setting, ...(group !== undefined && { group }) })
      else byName.set(setting.name, [{ setting, ...(group !== undefined && { group }) }])
    }
  }
  for (const group of ['all', ...host.groups]) add(inventory.groups.get(group)?.settings ?? [], group)
  add(host.settings)
  const isAbove = (a: string, b: string): boolean =>
    a !== b && (a === 'all' || (inventory.groups.get(b)?.ancestors.has(a) ?? false))

  const settings = new Map<string, Setting>()
  const conflicts: Problem[] = []
  for (const [name, candidates] of byName) {
    if (extraVars.has(name)) continue
    const own = candidates.filter(({ group }) => group === undefined)
    const strongest = own.length
      ? own
      : candidates.filter(({ group: a }) => !candidates.some(({ group: b }) => isAbove(a!, b!)))
    const first = strongest[0]!
    const other = strongest.find(({ setting }) => !isDeepStrictEqual(plain(setting.value), plain(first.setting.value)))
    if (other) conflicts.push(conflict(name, first, other))
    settings.set(name, strongest.at(-1)!.setting)
  }
  for (const [name, setting] of extraVars) if (wanted(name)) settings.set(name, setting)
  return { settings, conflicts }
}
