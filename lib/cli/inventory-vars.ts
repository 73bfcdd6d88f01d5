import type { Problem } from '../errors.ts'
import { resolve } from '../inventory/effective.ts'
import type { Inventory, InventoryHost } from '../inventory/inventory.ts'
import { type Layer, layersOf, showLayer } from '../inventory/layers.ts'
import { settled, showPlace } from '../inventory/place.ts'
import type { Setting } from '../inventory/traced.ts'
import { oneLine } from '../report/terminal-text.ts'
import { maskSecrets } from '../secret.ts'

/** A var of a host: what it is, and what it would be without that. */
export interface Explained {
  readonly name: string
  readonly winner: Layer
  /** The strongest first. */
  readonly overridden: readonly Layer[]
  readonly conflict?: Problem
}

/** Every var of a host, in the order of their names. */
export const explained = (
  inventory: Inventory,
  host: InventoryHost,
  extraVars: ReadonlyMap<string, Setting>,
): ReadonlyMap<string, Explained> =>
  new Map(
    [...layersOf(inventory, host, extraVars)]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, layers]) => {
        const { winner, conflict } = resolve(inventory, name, layers)
        const overridden = layers.filter(layer => layer !== winner)
        return [name, { name, winner, overridden, ...(conflict && { conflict: settled(conflict) }) }]
      }),
  )

/** What an inventory says may be a secret, or steer the terminal. */
export const safe = (text: string): string => oneLine(maskSecrets(text))

export const placeOf = ({ setting }: Layer): string => safe(showPlace(setting.at))

/** A place for programs. A file's is in parts; a program's or a module's is the way to the value. */
export const jsonPlace = (layer: Layer, value: unknown) => {
  const { file, line, column } = layer.setting.at
  return {
    value,
    level: layer.level,
    ...(layer.group !== undefined && { group: safe(layer.group) }),
    file: safe(file),
    ...(line > 0 && { line, column }),
  }
}

export const layerName = (layer: Layer): string => safe(showLayer(layer))
