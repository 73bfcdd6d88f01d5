import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { effective } from '../../lib/inventory/effective.ts'
import type { Inventory } from '../../lib/inventory/inventory.ts'
import { loadInventory } from '../../lib/inventory/load.ts'
import { plain } from '../../lib/inventory/traced.ts'

// What ansible-inventory made of the same files is in ansible/expected; ansible/record.sh wrote it down.
const cwd = join(import.meta.dirname, 'ansible')

interface Listed {
  readonly hosts?: readonly string[]
  readonly children?: readonly string[]
}
type Vars = Readonly<Record<string, unknown>>
type List = Readonly<Record<string, Listed>> & { readonly _meta: { readonly hostvars: Readonly<Record<string, Vars>> } }

const expected = (name: string) => JSON.parse(readFileSync(join(cwd, 'expected', `${name}.json`), 'utf8')) as List

/** The hosts of a group and of those below it, as Ansible's list means it. */
const hostsBelow = (list: List, group: string): readonly string[] => {
  const { hosts = [], children = [] } = list[group] ?? {}
  return [...new Set([...hosts, ...children.flatMap(child => hostsBelow(list, child))])].sort()
}

const varsOf = (inventory: Inventory, name: string) => {
  const { settings, conflicts } = effective(inventory, inventory.hosts.get(name)!, new Map(), () => true)
  return { vars: Object.fromEntries([...settings].map(([key, { value }]) => [key, plain(value)])), conflicts }
}

const same = {
  ini: ['ini/hosts.ini'],
  yaml: ['yaml/hosts.yml'],
  folder: ['./folder'],
  two: ['two/a.ini', 'two/b.yml'],
  priority: ['priority/hosts.yml'],
}

for (const [name, sources] of Object.entries(same)) {
  test(`as Ansible reads it: groups and hosts of ${name}`, async t => {
    const list = expected(name)
    const inventory = await loadInventory(sources, { cwd })
    const groups = Object.keys(list).filter(group => group !== '_meta')
    t.true(groups.length > 2)
    for (const group of groups) {
      t.deepEqual([...(inventory.groups.get(group)?.hosts ?? [])].sort(), hostsBelow(list, group), group)
      // Ansible's list leaves out who is in all and nowhere else.
      if (group !== 'all')
        t.deepEqual([...(inventory.groups.get(group)?.ownHosts ?? [])].sort(), [...(list[group]?.hosts ?? [])].sort())
    }
    // Ansible leaves empty groups out of its list.
    const more = [...inventory.groups.values()].filter(({ name: own, hosts }) => hosts.length && !groups.includes(own))
    t.deepEqual(more, [])
    t.deepEqual([...inventory.hosts.keys()].sort(), hostsBelow(list, 'all'))
  })

  test(`as Ansible reads it: vars of every host of ${name}`, async t => {
    const { hostvars } = expected(name)._meta
    const inventory = await loadInventory(sources, { cwd })
    for (const host of inventory.hosts.keys())
      t.deepEqual(varsOf(inventory, host), { vars: { ...hostvars[host] }, conflicts: [] }, host)
  })
}

test('on purpose not as Ansible reads it: YAML 1.2, in which yes is a word and 0644 no octal number', async t => {
  const inventory = await loadInventory(['differences/hosts.yml'], { cwd })
  t.deepEqual(expected('differences')._meta.hostvars.h1, { truth: true, mode: 420, time: 45_045, thousand: 1000 })
  t.deepEqual(varsOf(inventory, 'h1').vars, { truth: 'yes', mode: 644, time: '12:30:45', thousand: '1_000' })
})
