import { UsageError } from '../errors.ts'
import type { Inventory, InventoryHost } from '../inventory/inventory.ts'
import { suggest } from '../inventory/near.ts'
import { inlineValue, shownValue, yamlLines } from './inventory-value.ts'
import { type Explained, jsonPlace, layerName, placeOf, safe } from './inventory-vars.ts'

const COMMENTS_FROM = 40

/** Throws UsageError for a host that is not there. */
export const hostNamed = (inventory: Inventory, name: string): InventoryHost => {
  const host = inventory.hosts.get(name)
  if (host) return host
  const isGroup = inventory.groups.has(name)
  throw new UsageError([
    {
      message: `--host ${name}: ${inventory.files.join(', ')} has no such host`,
      ...(isGroup ? { hint: `${name} is a group: --graph=${name}` } : suggest(name, inventory.hosts.keys())),
    },
  ])
}

const comment = ({ winner, overridden }: Explained): string => {
  const [next, ...more] = overridden
  const over =
    next && `; overrides ${inlineValue(shownValue(next.setting), 40)} at ${placeOf(next)}, ${layerName(next)}`
  return `${placeOf(winner)}, ${layerName(winner)}${over ?? ''}${more.length ? `, and ${more.length} more` : ''}`
}

/** A host's vars as YAML; the comment of each is where it is from. */
export const hostLines = (host: InventoryHost, vars: ReadonlyMap<string, Explained>): readonly string[] => {
  const blocks = [...vars.values()].map(one => ({
    lines: yamlLines(safe(one.name), shownValue(one.winner.setting)),
    comment: comment(one),
  }))
  const widths = blocks.map(({ lines }) => lines[0]!.length).filter(length => length <= COMMENTS_FROM)
  const width = Math.max(0, ...widths)
  return [
    `# ${safe(host.name)}, ${safe(host.groups.length ? `in ${host.groups.join(', ')}` : 'in no group')}`,
    ...blocks.flatMap(({ lines: [first = '', ...rest], comment: text }) => [
      `${first.padEnd(width)}  # ${text}`,
      ...rest,
    ]),
  ]
}

export const hostJson = (host: InventoryHost, vars: ReadonlyMap<string, Explained>): unknown => ({
  host: safe(host.name),
  groups: host.groups.map(safe),
  vars: Object.fromEntries(
    [...vars.values()].map(({ name, winner, overridden }) => [
      safe(name),
      {
        ...jsonPlace(winner, shownValue(winner.setting)),
        overrides: overridden.map(layer => jsonPlace(layer, shownValue(layer.setting))),
      },
    ]),
  ),
})
