import type { Problem, SourceLocation } from '../errors.ts'
import { ancestorsOf, depthsOf } from './ancestry.ts'
import type { Group, Inventory, InventoryHost } from './inventory.ts'
import { suggest } from './near.ts'
import { showPlace } from './place.ts'
import type { Setting } from './traced.ts'

export interface DraftGroup {
  readonly name: string
  readonly at: SourceLocation
  readonly children: Set<string>
  readonly hosts: Set<string>
  readonly settings: Setting[]
  /** `ansible_group_priority` */
  priority: number
  /** How many settings there were when each folder of vars was begun. */
  readonly marks: number[]
}

export interface DraftHost {
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
  #folders = 0
  readonly #mentions = new Map<string, Problem>()
  readonly #declared = new Set(['all', 'ungrouped'])

  group(name: string, at: SourceLocation): DraftGroup {
    this.#declared.add(name)
    return this.#group(name, at)
  }

  /** A group that must be declared somewhere else; otherwise `message` is a problem of this place. */
  mentionedGroup(name: string, at: SourceLocation, message: string): DraftGroup {
    if (!this.#mentions.has(name)) this.#mentions.set(name, { message, at })
    return this.#group(name, at)
  }

  #group(name: string, at: SourceLocation): DraftGroup {
    const group = this.groups.get(name) ?? {
      name,
      at,
      children: new Set(),
      hosts: new Set(),
      settings: [],
      priority: 1,
      marks: new Array<number>(this.#folders).fill(0),
    }
    this.groups.set(name, group)
    return group
  }

  /** From here on settings of groups are those of one more folder of vars. */
  beginVarsFolder(): void {
    this.#folders++
    for (const { marks, settings } of this.groups.values()) marks.push(settings.length)
  }

  host(name: string, at: SourceLocation): DraftHost {
    const host = this.hosts.get(name) ?? { name, at, settings: [] }
    this.hosts.set(name, host)
    return host
  }

  #checkNames(): void {
    for (const [name, problem] of this.#mentions)
      if (!this.#declared.has(name)) this.problems.push({ ...problem, ...suggest(name, this.#declared) })
    for (const [name, { at }] of this.hosts) {
      const group = this.groups.get(name)
      if (group)
        this.problems.push({
          message: `${name} is the name of a host and of a group, at ${showPlace(group.at)}`,
          at,
          hint: 'Rename one of them.',
        })
    }
  }

  /** As in Ansible, a host is in `ungrouped` if it is in no other group but `all`, wherever it is named. */
  #ungroup(): void {
    const grouped = new Set(
      [...this.groups.values()].flatMap(({ name, hosts }) =>
        name === 'all' || name === 'ungrouped' ? [] : [...hosts],
      ),
    )
    for (const { name, at } of this.hosts.values())
      if (!grouped.has(name)) this.group('ungrouped', at).hosts.add(name)
      else this.groups.get('ungrouped')?.hosts.delete(name)
  }

  finish(): Inventory {
    this.#checkNames()
    const [first] = this.hosts.values()
    if (first) this.group('all', first.at)
    this.#ungroup()
    const above = ancestorsOf(this.groups, this.problems)
    const depths = depthsOf(this.groups, above)
    const members = new Map<string, Set<string>>()
    for (const group of this.groups.values())
      for (const name of [group.name, ...above.get(group.name)!]) {
        const set = members.get(name) ?? new Set()
        members.set(name, set)
        for (const host of group.hosts) set.add(host)
      }
    members.set('all', new Set(this.hosts.keys()))

    const groups = new Map<string, Group>()
    const groupsOf = new Map<string, string[]>([...this.hosts.keys()].map(name => [name, []]))
    for (const { name, at, settings, children, hosts: own, priority, marks } of this.groups.values()) {
      const set = members.get(name) ?? new Set()
      const hosts = [...this.hosts.keys()].filter(host => set.has(host))
      if (name !== 'all') for (const host of hosts) groupsOf.get(host)!.push(name)
      const ancestors = above.get(name) ?? new Set()
      const tiers = settings.map((_, i) => marks.filter(mark => mark <= i).length)
      const depth = name === 'all' ? 0 : (depths.get(name) ?? 1)
      groups.set(name, {
        name,
        at,
        hosts,
        ownHosts: [...own],
        children: [...children],
        ancestors,
        depth,
        priority,
        settings,
        tiers,
      })
    }
    const hosts = new Map<string, InventoryHost>()
    for (const { name, at, settings } of this.hosts.values())
      hosts.set(name, { name, at, settings, groups: groupsOf.get(name)! })
    return { files: this.files, hosts, groups }
  }
}
