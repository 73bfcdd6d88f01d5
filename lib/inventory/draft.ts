import { type Problem, type SourceLocation, showLocation } from '../errors.ts'
import type { Group, Inventory, InventoryHost } from './inventory.ts'
import type { Setting } from './traced.ts'

interface DraftGroup {
  readonly name: string
  readonly at: SourceLocation
  readonly children: Set<string>
  readonly hosts: Set<string>
  readonly settings: Setting[]
}

interface DraftHost {
  readonly name: string
  readonly at: SourceLocation
  readonly settings: Setting[]
}

/** An inventory while its files are read: a group or host may be added to from several places. */
export class Draft {
  readonly groups = new Map<string, DraftGroup>()
  readonly hosts = new Map<string, DraftHost>()
  readonly files: string[] = []
  readonly problems: Problem[] = []

  group(name: string, at: SourceLocation): DraftGroup {
    const group = this.groups.get(name) ?? { name, at, children: new Set(), hosts: new Set(), settings: [] }
    this.groups.set(name, group)
    return group
  }

  host(name: string, at: SourceLocation): DraftHost {
    const host = this.hosts.get(name) ?? { name, at, settings: [] }
    this.hosts.set(name, host)
    return host
  }

  /** Each group's parents, direct and above, without `all`. Circles are problems. */
  #ancestors(): ReadonlyMap<string, ReadonlySet<string>> {
    const parents = new Map<string, string[]>()
    for (const { name, children } of this.groups.values())
      if (name !== 'all') for (const child of children) parents.set(child, [...(parents.get(child) ?? []), name])
    const above = new Map<string, ReadonlySet<string>>()
    const climb = (name: string, chain: readonly string[]): ReadonlySet<string> => {
      const known = above.get(name)
      if (known) return known
      if (chain.includes(name)) {
        const circle = [name, ...chain.slice(chain.indexOf(name) + 1), name].reverse()
        this.problems.push({
          message: `groups contain each other in a circle: ${circle.join(' > ')}`,
          at: this.groups.get(name)!.at,
          hint: 'Remove one of the children entries.',
        })
        return new Set()
      }
      const direct = parents.get(name) ?? []
      const all = new Set(direct.flatMap(parent => [parent, ...climb(parent, [...chain, name])]))
      above.set(name, all)
      return all
    }
    for (const name of this.groups.keys()) climb(name, [])
    return above
  }

  finish(): Inventory {
    for (const [name, { at }] of this.hosts) {
      const group = this.groups.get(name)
      if (group)
        this.problems.push({
          message: `${name} is the name of a host and of a group, at ${showLocation(group.at)}`,
          at,
          hint: 'Rename one of them.',
        })
    }
    const [first] = this.hosts.values()
    if (first) this.group('all', first.at)
    const above = this.#ancestors()
    const members = new Map<string, Set<string>>()
    for (const group of this.groups.values())
      for (const name of [group.name, ...above.get(group.name)!]) {
        const set = members.get(name) ?? new Set()
        members.set(name, set)
        for (const host of group.hosts) set.add(host)
      }
    members.set('all', new Set(this.hosts.keys()))
    const inSome = new Set([...members].flatMap(([name, set]) => (name === 'all' ? [] : [...set])))
    const alone = [...this.hosts.values()].filter(({ name }) => !inSome.has(name))
    if (alone[0]) {
      this.group('ungrouped', alone[0].at)
      members.set('ungrouped', new Set([...(members.get('ungrouped') ?? []), ...alone.map(({ name }) => name)]))
    }

    const groups = new Map<string, Group>()
    const groupsOf = new Map<string, string[]>([...this.hosts.keys()].map(name => [name, []]))
    for (const { name, at, settings } of this.groups.values()) {
      const set = members.get(name) ?? new Set()
      const hosts = [...this.hosts.keys()].filter(host => set.has(host))
      if (name !== 'all') for (const host of hosts) groupsOf.get(host)!.push(name)
      groups.set(name, { name, at, hosts, ancestors: above.get(name) ?? new Set(), settings })
    }
    const hosts = new Map<string, InventoryHost>()
    for (const { name, at, settings } of this.hosts.values())
      hosts.set(name, { name, at, settings, groups: groupsOf.get(name)! })
    return { files: this.files, hosts, groups }
  }
}
