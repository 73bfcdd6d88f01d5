import { UsageError } from '../errors.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { suggest } from '../inventory/near.ts'
import { inlineValue, shownValue } from './inventory-value.ts'
import { type Explained, jsonPlace, layerName, placeOf, safe } from './inventory-vars.ts'

/** The vars of each host, by the host's name. */
export type HostVars = ReadonlyMap<string, ReadonlyMap<string, Explained>>

/** Hosts on which a var comes from the same places. Without `found` it is not set on them. */
interface Alike {
  readonly hosts: string[]
  readonly found?: Explained
}

const groupsOfAlike = (name: string, vars: HostVars): readonly Alike[] => {
  const alike = new Map<string, Alike>()
  for (const [host, own] of vars) {
    const found = own.get(name)
    const layers = found ? [found.winner, ...found.overridden] : []
    const key = layers.map(layer => `${layerName(layer)} ${placeOf(layer)}`).join('\n')
    const group = alike.get(key)
    if (group) group.hosts.push(host)
    else alike.set(key, { hosts: [host], ...(found && { found }) })
  }
  // Where it is not set comes last.
  return [...alike.values()].sort((a, b) => Number(!a.found) - Number(!b.found))
}

/** Throws UsageError for a var that no host of the inventory has, with those that are spelt nearly so. */
export const checkVar = (name: string, inventory: Inventory, vars: HostVars): void => {
  const known = new Set([...vars.values()].flatMap(own => [...own.keys()]))
  for (const { settings } of [...inventory.groups.values(), ...inventory.hosts.values()])
    for (const setting of settings) known.add(setting.name)
  if (!known.has(name))
    throw new UsageError([
      { message: `--explain ${name}: nothing in ${inventory.files.join(', ')} sets it`, ...suggest(name, known) },
    ])
}

const MOST_NAMES = 12

const who = (hosts: readonly string[]): string => {
  const more = hosts.length - MOST_NAMES
  return `${hosts.slice(0, MOST_NAMES).map(safe).join(', ')}${more > 0 ? `, and ${more} more` : ''}`
}

const aligned = (rows: readonly (readonly string[])[]): readonly string[] => {
  const widths = [0, 1].map(i => Math.min(60, Math.max(0, ...rows.map(row => row[i]!.length))))
  return rows.map(row => `  ${row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ')}`.trimEnd())
}

/** For a person: hosts that have it from the same places together, each place on a line, the one that counts first. */
export const explainLines = (name: string, vars: HostVars): readonly string[] =>
  groupsOfAlike(name, vars).flatMap(({ hosts, found }) => {
    if (!found) return [`${safe(name)} is not set on ${who(hosts)}`]
    const rows = [found.winner, ...found.overridden].map((layer, i) => [
      inlineValue(shownValue(layer.setting), 60),
      placeOf(layer),
      `${layerName(layer)}${i ? (found.conflict ? '' : ', overridden') : ''}`,
    ])
    return [`${safe(name)} on ${who(hosts)}${found.conflict ? ': in conflict' : ''}`, ...aligned(rows)]
  })

export const explainJson = (name: string, vars: HostVars): unknown => ({
  var: safe(name),
  values: groupsOfAlike(name, vars).map(({ hosts, found }) => ({
    hosts: hosts.map(safe),
    set: found !== undefined,
    ...(found && {
      ...jsonPlace(found.winner, shownValue(found.winner.setting)),
      overrides: found.overridden.map(layer => jsonPlace(layer, shownValue(layer.setting))),
      conflict: found.conflict !== undefined,
    }),
  })),
})
