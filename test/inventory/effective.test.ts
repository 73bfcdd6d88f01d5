import test from 'ava'
import { effective } from '../../lib/inventory/effective.ts'
import { loadInventory } from '../../lib/inventory/load.ts'
import { plain } from '../../lib/inventory/traced.ts'
import { project } from './project.ts'

interface Case {
  readonly title: string
  readonly inventory: string
  readonly more?: Readonly<Record<string, string>>
  /** The var x of the host h, or the start of what is said of it. */
  readonly x: unknown
}

const two = (blue: string, red: string): string =>
  `blue:\n  hosts: {h: }\n  vars: {x: blue${blue}}\nred:\n  hosts: {h: }\n  vars: {x: red${red}}\n`
const below = 'web:\n  hosts: {h: }\n  vars: {x: web}\n'

// What ansible-inventory 2.14 says of each is behind it; where it differs from the conflict, nobody is known to have meant it.
const cases: readonly Case[] = [
  { title: 'a child over its parent', inventory: `all:\n  vars: {x: all}\n${below}`, x: 'web' },
  {
    title: 'two siblings (Ansible: red, by the alphabet)',
    inventory: two('', ''),
    x: 'inv.yml:6:10: x is set differently',
  },
  { title: 'a priority decides between siblings (blue)', inventory: two(', ansible_group_priority: 2', ''), x: 'blue' },
  {
    title: 'the same priority does not (red)',
    inventory: two(', ansible_group_priority: 2', ', ansible_group_priority: 2'),
    x: 'inv.yml:6:10: x is set differently',
  },
  {
    title: 'a higher group with a higher priority (Ansible: deep, by its depth)',
    inventory: `flat:\n  hosts: {h: }\n  vars: {x: flat, ansible_group_priority: 9}\ntop:\n  children:\n    deep:\n      hosts: {h: }\n      vars: {x: deep}\n`,
    x: 'inv.yml:3:10: x is set differently by group flat',
  },
  {
    title: 'a child in the inventory, its parent in group_vars/ (Ansible: all)',
    inventory: below,
    more: { 'group_vars/all.yml': 'x: all\n' },
    x: 'inv.yml:3:10: x is set by group web, here, and by group all in a file of vars, at group_vars/all.yml:1:1, which Ansible would take',
  },
  {
    title: 'both in group_vars/ (web)',
    inventory: 'web:\n  hosts: {h: }\n',
    more: { 'group_vars/all.yml': 'x: all\n', 'group_vars/web.yml': 'x: web\n' },
    x: 'web',
  },
  {
    title: 'a child in group_vars/, its parent in the inventory (web)',
    inventory: 'all:\n  vars: {x: all}\nweb:\n  hosts: {h: }\n',
    more: { 'group_vars/web.yml': 'x: web\n' },
    x: 'web',
  },
  {
    title: 'the same value twice is no conflict',
    inventory: below,
    more: { 'group_vars/all.yml': 'x: web\n' },
    x: 'web',
  },
  {
    title: 'the host over everything (h)',
    inventory: 'web:\n  hosts: {h: {x: h}}\n  vars: {x: web}\n',
    more: { 'group_vars/all.yml': 'x: all\n' },
    x: 'h',
  },
]

for (const { title, inventory, more, x } of cases)
  test(title, async t => {
    const cwd = await project(t, { 'inv.yml': inventory, ...more })
    const read = await loadInventory(['inv.yml'], { cwd })
    const { settings, conflicts } = effective(read, read.hosts.get('h')!, new Map(), () => true)
    const [first] = conflicts
    const said = first && `${first.at?.file}:${first.at?.line}:${first.at?.column}: ${first.message}`
    if (said) t.is(said.slice(0, String(x).length), String(x))
    else t.is(plain(settings.get('x')!.value), x)
    t.false(settings.has('ansible_group_priority'))
  })

test('group_vars/ of the second inventory come after those of the first, all of them after all', async t => {
  const cwd = await project(t, {
    'one/hosts.yml': 'web:\n  hosts: {h: }\n',
    'one/group_vars/web.yml': 'x: web\n',
    'two/hosts.yml': 'site:\n  children: {web: }\n',
    'two/group_vars/site.yml': 'x: site\n',
    'two/group_vars/all.yml': 'x: all\n',
  })
  const read = async (...names: readonly string[]) => {
    const inventory = await loadInventory(names, { cwd })
    return effective(inventory, inventory.hosts.get('h')!, new Map(), () => true)
  }
  t.regex((await read('./one', './two')).conflicts[0]?.message ?? '', /by group site in a file of vars/)
  const other = await read('./two', './one')
  t.deepEqual(other.conflicts, [])
  t.is(plain(other.settings.get('x')!.value), 'web')
})
