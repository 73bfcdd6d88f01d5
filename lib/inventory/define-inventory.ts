import type { Secret } from '../secret.ts'

/** What a var can be. */
export type InventoryValue =
  | string
  | number
  | boolean
  | null
  | undefined
  | Secret
  | readonly InventoryValue[]
  | { readonly [key: string]: InventoryValue }

export type InventoryVars = Readonly<Record<string, InventoryValue>>

export interface InventoryGroup {
  /** A name may have ranges: `db[01:09]`. Null: a host without vars of its own. */
  readonly hosts?: Readonly<Record<string, InventoryVars | null>>
  readonly vars?: InventoryVars
  /** Groups below this one. Null: it is declared, or filled, elsewhere. */
  readonly children?: Readonly<Record<string, InventoryGroup | null>>
}

/** Groups by name, `all` first of all: the shape of a YAML inventory. */
export type InventorySource = Readonly<Record<string, InventoryGroup | null>>

export type InventoryModule = InventorySource | (() => InventorySource | Promise<InventorySource>)

/**
 * The default export of an inventory that is a TypeScript module; it only gives the type. A function is called once a run and
 * may ask somebody else (a cloud, a CMDB); it has as long as a program has.
 *
 *     export default defineInventory(async () => ({ web: { hosts: Object.fromEntries(await names()) } }))
 */
export const defineInventory = (inventory: InventoryModule): InventoryModule => inventory
