import type { SourceLocation } from '../errors.ts'
import type { Setting } from './traced.ts'

/** Hosts and groups as the files give them: no var is merged or checked yet. */
export interface Inventory {
  /** The files that name hosts, as the user would write them. For messages. */
  readonly files: readonly string[]
  /** In the order in which the files name them. */
  readonly hosts: ReadonlyMap<string, InventoryHost>
  /** With `all`, and with `ungrouped` when a host is in no other group. */
  readonly groups: ReadonlyMap<string, Group>
}

export interface InventoryHost {
  readonly name: string
  readonly at: SourceLocation
  /** Parents included, without `all`. */
  readonly groups: readonly string[]
  /** Where it is set, one entry a place: the same name may be there twice. */
  readonly settings: readonly Setting[]
}

export interface Group {
  readonly name: string
  readonly at: SourceLocation
  /** Those of its children included, in inventory order. */
  readonly hosts: readonly string[]
  /** Those that are named in the group itself. */
  readonly ownHosts: readonly string[]
  /** The groups directly below it. */
  readonly children: readonly string[]
  /** Every group above it, without `all`. */
  readonly ancestors: ReadonlySet<string>
  /** The longest way down from `all`, which is 0. */
  readonly depth: number
  /** `ansible_group_priority`: decides between groups of which neither is above the other. Left out: 1. */
  readonly priority: number
  readonly settings: readonly Setting[]
  /** Of each setting: 0 in the inventory itself, 1 in the group_vars/ of the first inventory, and so on. */
  readonly tiers: readonly number[]
}
