import test from 'ava'
import { loadInventory } from '../../../lib/inventory/load.ts'
import { project, said } from '../project.ts'

interface Wrong {
  readonly title: string
  readonly ini: string
  readonly says: readonly string[]
}

const wrong: readonly Wrong[] = [
  {
    title: 'sections',
    ini: 'a\n[we b]\nx\n  [web:childs]\n[we,b]\n[web:vars:x]\n',
    says: [
      'inv.ini:2:1: [we b] is not a section; expected [GROUP], [GROUP:children] or [GROUP:vars], without spaces',
      'inv.ini:4:8: [web:childs] is not a section; expected :children, :vars or :hosts',
      'inv.ini:5:2: "we,b" cannot be the name of a group; expected letters, digits, and . _ -',
      'inv.ini:6:1: [web:vars:x] is not a section; expected [GROUP], [GROUP:children] or [GROUP:vars], without spaces',
    ],
  },
  {
    title: 'groups that are declared nowhere',
    ini: '[web]\na\n[site:children]\nweb\nwbe\n[wep:vars]\nx=1\n',
    says: [
      'inv.ini:5:1: wbe is to be a group below site, and is declared nowhere | Did you mean web?',
      'inv.ini:6:2: [wep:vars] is for the group wep, which is declared nowhere | Did you mean web?',
    ],
  },
  {
    title: 'children that are no groups',
    ini: '[web]\na\n[site:children]\nweb x=1\nall\n',
    says: [
      'inv.ini:4:1: expected the name of a group that is below site, and nothing else on the line',
      'inv.ini:5:1: the group all cannot be below another group',
    ],
  },
  {
    title: 'vars',
    ini: '[web]\na\n[web:vars]\nport\n=5\nserial=12345678901234567890\n',
    says: [
      'inv.ini:4:1: expected NAME=VALUE, a var of the group web',
      'inv.ini:5:1: expected NAME=VALUE, a var of the group web',
      'inv.ini:6:8: the value is the whole number 12345678901234567890, past 2^53, as Python reads it; that cannot be held here | Put it in quotes within quotes to make it text: name=\'"VALUE"\'.',
    ],
  },
  {
    title: 'host lines',
    ini: '  a x=1 hunter2\nb x="1\nc ; comment\nd =1\ne[9:1] x=1\nf/g\nport=5\n',
    says: [
      'inv.ini:1:9: expected NAME=VALUE | Put a value that has spaces in quotes: name="a b".',
      'inv.ini:2:5: the quote " is not closed',
      'inv.ini:3:3: expected NAME=VALUE | A comment behind a host starts with #.',
      'inv.ini:3:5: expected NAME=VALUE | Put a value that has spaces in quotes: name="a b".',
      'inv.ini:4:3: expected NAME=VALUE | Put a value that has spaces in quotes: name="a b".',
      'inv.ini:5:1: [9:1] ends before it starts',
      'inv.ini:6:1: "f/g" cannot be the name of a host; expected letters, digits, and . _ -',
      'inv.ini:7:1: expected the name of a host, got port= | A host line starts with the name of a host. Vars of a group stand below [GROUP:vars].',
    ],
  },
  {
    title: 'priority',
    ini: '[web]\na\n[web:vars]\nansible_group_priority=high\n',
    says: ['inv.ini:4:24: ansible_group_priority must be a whole number'],
  },
  { title: 'nothing', ini: '# later\n', says: ['inv.ini: the inventory names no host'] },
]

for (const { title, ini, says } of wrong)
  test(`wrong: ${title}`, async t => {
    const cwd = await project(t, { 'inv.ini': ini })
    t.deepEqual(await said(t, () => loadInventory(['inv.ini'], { cwd })), says)
  })

test('places of values within quotes; Windows line ends and a byte order mark', async t => {
  const cwd = await project(t, { 'inv.ini': '\uFEFF[web]\r\n  a  x="[1, 2]" y=\'"b"\'\r\n[web:vars]\r\nz =  5 \r\n' })
  const { hosts, groups } = await loadInventory(['inv.ini'], { cwd })
  t.like(hosts.get('a')?.settings, [
    {
      name: 'x',
      at: { line: 2, column: 6 },
      value: { at: { line: 2, column: 9 }, items: [{ value: 1 }, { value: 2, at: { column: 13 } }] },
    },
    { name: 'y', at: { line: 2, column: 17 }, value: { at: { line: 2, column: 20 }, value: 'b' } },
  ])
  t.like(groups.get('web')?.settings, [
    { name: 'z', at: { line: 4, column: 1 }, value: { at: { column: 6 }, value: 5 } },
  ])
})

test('a file that is not UTF-8, and one that is encrypted', async t => {
  const cwd = await project(t, { 'b.ini': '$ANSIBLE_VAULT;1.1;AES256\n61\n' })
  const { writeFile } = await import('node:fs/promises')
  await writeFile(`${cwd}/a.ini`, Buffer.from([0x61, 0xff, 0x0a]))
  t.deepEqual(await said(t, () => loadInventory(['a.ini', 'b.ini'], { cwd })), [
    'a.ini: cannot be read: it is not UTF-8',
    'b.ini: an INI inventory that is encrypted as a whole is not read | Put what is secret into group_vars/ or host_vars/; those may be encrypted.',
  ])
})
