import { isDeepStrictEqual } from 'node:util'
import type { Problem } from '../errors.ts'
import type { Inventory, InventoryHost } from './inventory.ts'
import { type Layer, layersOf, showLayer } from './layers.ts'
import { showPlace } from './place.ts'
import { plain, type Setting } from './traced.ts'

/** Everything that is set for a host, each name once, and what contradicts itself. */
export interface Effective {
  readonly settings: ReadonlyMap<string, Setting>
  readonly conflicts: readonly Problem[]
}

const conflict = (name: string, a: Layer, b: Layer): Problem => ({
  message:
    a.group === b.group
      ? `${name} is set twice, differently, for ${b.group ? `group ${b.group}` : 'the host'}: here and at ${showPlace(a.setting.at)}`
      : `${name} is set differently by group ${b.group}, here, and by group ${a.group}, at ${showPlace(a.setting.at)}`,
  at: b.setting.at,
  hint:
    a.group === b.group
      ? 'Remove one of them.'
      : 'Neither group is above the other. Set it in one of them, in a group below both, or on the host.',
})

const isAbove = (inventory: Inventory, a: string, b: string): boolean =>
  a !== b && (a === 'all' || (inventory.groups.get(b)?.ancestors.has(a) ?? false))

/** Those that nothing else is over: of groups, those that have no other one of the list below them. */
const strongest = (inventory: Inventory, layers: readonly Layer[]): readonly Layer[] => {
  const { level } = layers[0]!
  if (level !== 'group') return layers.filter(layer => layer.level === level)
  return layers.filter(({ group: a }) => !layers.some(({ group: b }) => isAbove(inventory, a!, b!)))
}

/** Ansible asks every group_vars/ after all groups of the inventory itself, and `all` before the others. */
const laterInAnsible = (a: Layer, b: Layer): boolean => {
  const [x, y] = [a.tier ?? 0, b.tier ?? 0]
  return x > y && !(a.group === 'all' && y > 0)
}

const againstAnsible = (name: string, winner: Layer, other: Layer): Problem => ({
  message:
    `${name} is set by ${showLayer(winner)}, here, and by ${showLayer(other)} in a file of vars, ` +
    `at ${showPlace(other.setting.at)}, which Ansible would take`,
  at: winner.setting.at,
  hint: `Remove one of them, or move this one to group_vars/${winner.group}.yml: there it counts in Ansible too.`,
})

export interface Resolved {
  readonly winner: Layer
  /** The winner wins by nothing that the inventory says. */
  readonly conflict?: Problem
}

/**
 * Which of the places of one var counts: command line over host, host over group, a group over those above it, and `all` last.
 * Between two other groups `ansible_group_priority` decides. The answer is Ansible's, or it is a conflict: where Ansible would
 * go by how deep a group is, by the alphabet, or by the kind of file, nobody is known to have meant it.
 * Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_variables.html#understanding-variable-precedence
 */
export const resolve = (inventory: Inventory, name: string, layers: readonly Layer[]): Resolved => {
  const candidates = strongest(inventory, layers)
  const first = candidates[0]!
  if (first.level === 'command line') return { winner: first }
  const winner = candidates.findLast(layer => layer.group === first.group)!
  const of = (layer: Layer) => inventory.groups.get(layer.group ?? '')
  const beaten = (layer: Layer): boolean =>
    layer.group !== winner.group && (of(winner)?.priority ?? 1) > (of(layer)?.priority ?? 1)
  const value = plain(winner.setting.value)
  const differs = (layer: Layer): boolean => !isDeepStrictEqual(plain(layer.setting.value), value)
  const other = candidates.find(layer => !beaten(layer) && differs(layer))
  if (other) {
    const [a, b] = other.group === winner.group ? [other, winner] : [winner, other]
    return { winner, conflict: conflict(name, a, b) }
  }
  const later = layers.find(layer => layer.level === winner.level && laterInAnsible(layer, winner) && differs(layer))
  return { winner, ...(later && { conflict: againstAnsible(name, winner, later) }) }
}

export const effective = (
  inventory: Inventory,
  host: InventoryHost,
  extraVars: ReadonlyMap<string, Setting>,
  wanted: (name: string) => boolean,
): Effective => {
  const settings = new Map<string, Setting>()
  const conflicts: Problem[] = []
  for (const [name, layers] of layersOf(inventory, host, extraVars)) {
    if (!wanted(name)) continue
    const { winner, conflict } = resolve(inventory, name, layers)
    if (conflict) conflicts.push(conflict)
    settings.set(name, winner.setting)
  }
  return { settings, conflicts }
}
