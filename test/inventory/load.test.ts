import { mkdir, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import test from 'ava'
import { loadInventory } from '../../lib/inventory/load.ts'
import { project, said } from './project.ts'

const small = 'all:\n  hosts:\n    a:\n'
const empty = 'Start it with all: and hosts: below it.'

interface Wrong {
  readonly title: string
  /** inventories/prod.yml, or several files. */
  readonly files: string | Readonly<Record<string, string>>
  readonly name?: string
  readonly says: readonly string[]
}

const wrong: readonly Wrong[] = [
  {
    title: 'no such inventory, a near one',
    files: { 'inventories/prod.yml': small },
    name: 'prdo',
    says: [
      '-i prdo: there is no inventories/prdo, neither a folder nor a .yml, .yaml, .ini or .ts file | Did you mean prod?',
    ],
  },
  {
    title: 'no such inventory, none near',
    files: { 'inventories/prod.yml': small, 'inventories/lab/hosts.yml': small },
    name: 'x',
    says: [
      '-i x: there is no inventories/x, neither a folder nor a .yml, .yaml, .ini or .ts file | There are: lab, prod',
    ],
  },
  {
    title: 'no such path',
    files: {},
    name: 'a/b.yml',
    says: ['-i a/b.yml: there is no such file or folder'],
  },
  {
    title: 'two that it could be',
    files: { 'inventories/prod.yml': small, 'inventories/prod/hosts.yml': small },
    says: ['-i prod could be inventories/prod.yml or inventories/prod | Give the path: -i inventories/prod.yml'],
  },
  {
    title: 'a folder without an inventory',
    files: { 'inventories/prod/README.md': 'x', 'inventories/prod/group_vars/all.yml': 'x: 1\n' },
    says: ['inventories/prod has no inventory; expected a YAML or INI file, a TypeScript module or a program'],
  },
  {
    title: 'a folder with what is no inventory',
    files: { 'inventories/prod/hosts.yml': small, 'inventories/prod/cloud.py': 'print(1)\n' },
    says: [
      'inventories/prod/cloud.py is no inventory that can be read; expected .yml, .yaml, .json, .ini, .ts, or a program with a #! line | What is no inventory belongs elsewhere: every file of the folder of an inventory is read.',
    ],
  },
  {
    title: 'the configuration of a plugin of Ansible',
    files: 'plugin: amazon.aws.aws_ec2\nregions: [eu-central-1]\n',
    says: [
      'inventories/prod.yml:1:1: the file configures the inventory plugin amazon.aws.aws_ec2; plugins are not run here | Give a program or a TypeScript module in its place. ansible-inventory -i FILE --list is such a program.',
    ],
  },
  { title: 'an empty file', files: '# later\n', says: [`inventories/prod.yml: the inventory is empty | ${empty}`] },
  {
    title: 'no host',
    files: 'all:\n  children:\n    web:\n',
    says: ['inventories/prod.yml: the inventory names no host'],
  },
  {
    title: 'not YAML',
    files: 'all:\n  hosts:\n    a: [1\n',
    says: [
      'inventories/prod.yml:4:1: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]',
    ],
  },
  {
    title: 'a tab',
    files: 'all:\n\thosts:\n',
    says: ['inventories/prod.yml:2:1: not valid YAML: Tabs are not allowed as indentation'],
  },
  {
    title: 'two documents',
    files: `${small}---\n${small}`,
    says: ['inventories/prod.yml:4:1: a second YAML document starts here; a file must hold one | Remove the --- line.'],
  },
  {
    title: 'a list where hosts are wanted',
    files: 'all:\n  hosts:\n    - a\n    - b\n',
    says: [
      'inventories/prod.yml:3:5: hosts of the group all must be a mapping, not a list | Write NAME: on each line instead of - NAME.',
    ],
  },
  {
    title: 'a number where hosts are wanted',
    files: 'all:\n  hosts: 5\n',
    says: [
      'inventories/prod.yml:2:10: hosts of the group all must be a mapping, not 5 | Write NAME: VALUE lines below it.',
    ],
  },
  {
    title: 'a misspelt key of a group',
    files: 'all:\n  host:\n    a:\n',
    says: [
      'inventories/prod.yml:2:3: the group all has an unknown key host; expected hosts, vars or children | Did you mean hosts?',
    ],
  },
  {
    title: 'a group where children are forgotten',
    files: 'all:\n  standby:\n    hosts:\n      a:\n',
    says: [
      'inventories/prod.yml:2:3: the group all has an unknown key standby; expected hosts, vars or children | A group goes below children:, a host below hosts:, a var below vars:.',
    ],
  },
  {
    title: 'a key twice: both places',
    files: 'all:\n  hosts:\n    a: {x: 1}\n    b:\n    a: {x: 2}\n',
    says: [
      'inventories/prod.yml:5:5: the key a is given twice; the first is at inventories/prod.yml:3:5 | Remove one of them.',
    ],
  },
  {
    title: 'an encrypted value',
    files:
      'all:\n  hosts:\n    a:\n      p: !vault |\n        $ANSIBLE_VAULT;1.1;AES256\n      q: !secret x\n      r: !unsafe y\n',
    says: [
      'inventories/prod.yml:7:18: the tag !unsafe is not supported | There are: !env, !prompt, !secret, !vault',
      'inventories/prod.yml:4:17: this is not what ansible-vault writes: its body is not hexadecimal | Take it from its backup, or encrypt it again.',
    ],
  },
  {
    title: 'an encrypted file',
    files: { 'inventories/prod.yml': small, 'inventories/group_vars/all.yml': '$ANSIBLE_VAULT;1.1;AES256\n6162\n' },
    says: [
      'inventories/group_vars/all.yml:1:1: this is not what ansible-vault writes: its body has no three parts | Take it from its backup, or encrypt it again.',
    ],
  },
  {
    title: 'an anchor that is not there, and one that contains itself',
    files: 'all:\n  hosts:\n    a:\n      x: *nope\n      y: &y [*y]\n',
    says: [
      'inventories/prod.yml:4:10: there is no anchor &nope above',
      'inventories/prod.yml:5:14: the anchor &y contains itself',
    ],
  },
  {
    title: 'wrong ranges',
    files:
      'all:\n  hosts:\n    a[9:1]:\n    b[01:9]:\n    c[x]:\n    d[1:9:0]:\n    e[1:99999]:\n    f[1:200][1:200]:\n',
    says: [
      'inventories/prod.yml:3:5: [9:1] ends before it starts',
      'inventories/prod.yml:4:5: [01:9] pads its start but not its end; give both the same length',
      'inventories/prod.yml:5:5: [x] is not a range; expected [FROM:TO] or [FROM:TO:STEP], of numbers or of letters',
      'inventories/prod.yml:6:5: [1:9:0] has a step of 0',
      'inventories/prod.yml:7:5: [1:99999] stands for 99999 hosts; at most 10000 are allowed',
      'inventories/prod.yml:8:5: f[1:200][1:200] stands for more than 10000 hosts',
    ],
  },
  {
    title: 'names that cannot be',
    files: 'all:\n  hosts:\n    "a b":\n    c:x:\n    -o:\n  children:\n    "x,y":\n    all:\n',
    says: [
      'inventories/prod.yml:3:5: "a b" cannot be the name of a host; expected letters, digits, and . _ -',
      'inventories/prod.yml:4:5: "c:x" cannot be the name of a host; expected letters, digits, and . _ -',
      'inventories/prod.yml:5:5: "-o" cannot be the name of a host; expected letters, digits, and . _ -',
      'inventories/prod.yml:7:5: "x,y" cannot be the name of a group; expected letters, digits, and . _ -',
      'inventories/prod.yml:8:5: the group all cannot be below another group',
    ],
  },
  {
    title: 'groups in a circle',
    files: 'a:\n  hosts: {h: }\n  children:\n    b:\n      children:\n        a:\n',
    says: [
      'inventories/prod.yml:1:1: groups contain each other in a circle: a > b > a | Remove one of the children entries.',
    ],
  },
  {
    title: 'a host and a group of one name',
    files: 'web:\n  hosts:\n    web:\n',
    says: [
      'inventories/prod.yml:3:5: web is the name of a host and of a group, at inventories/prod.yml:1:1 | Rename one of them.',
    ],
  },
  {
    title: 'a file of vars for a misspelt group and a misspelt host',
    files: {
      'inventories/prod/hosts.yml': 'standby:\n  hosts:\n    db-one:\n',
      'inventories/prod/group_vars/standy.yml': 'x: 1\n',
      'inventories/prod/host_vars/db-on.yml': 'x: 1\n',
    },
    says: [
      'inventories/prod/group_vars/standy.yml: the inventory has no group standy | Did you mean standby?',
      'inventories/prod/host_vars/db-on.yml: the inventory has no host db-on | Did you mean db-one?',
    ],
  },
  {
    title: 'a file of vars that is a list',
    files: { 'inventories/prod.yml': small, 'inventories/group_vars/all.yml': '- x\n' },
    says: [
      'inventories/group_vars/all.yml:1:1: a file of vars must be a mapping, not a list | Write NAME: on each line instead of - NAME.',
    ],
  },
]

for (const { title, files, name, says } of wrong)
  test(`wrong: ${title}`, async t => {
    const cwd = await project(t, typeof files === 'string' ? { 'inventories/prod.yml': files } : files)
    t.deepEqual(await said(t, () => loadInventory([name ?? 'prod'], { cwd })), says)
  })

const places: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
  ['inventories/prod.yml', { 'inventories/prod.yml': small }, 'prod'],
  ['inventories/prod.yaml', { 'inventories/prod.yaml': small }, 'prod'],
  [
    'a folder with hosts.yml, and with what is no inventory',
    {
      'inventories/prod/hosts.yml': small,
      'inventories/prod/README.md': 'a: [',
      'inventories/prod/x.yml~': '{',
      'inventories/prod/.git/x.yml': '{',
      'inventories/prod/id.pub': 'ssh-ed25519 A',
    },
    'prod',
  ],
  ['inventories/prod.ini', { 'inventories/prod.ini': 'a\n' }, 'prod'],
  ['inventories/prod.ts', { 'inventories/prod.ts': 'export default { all: { hosts: { a: null } } }\n' }, 'prod'],
  ['a file without an ending that is YAML', { 'inventories/prod': `# hosts\n${small}` }, 'prod'],
  ['a file without an ending that is INI', { 'inventories/prod': '; hosts\n[web]\na\n' }, 'prod'],
  ['JSON', { 'x.json': '{"web": {"hosts": {"a": null}}}' }, './x.json'],
  ['the name of a host', {}, 'a,'],
  ['a folder in a folder', { 'inventories/prod/eu/one.ini': 'a\n' }, 'prod'],
  ['a folder with other files', { 'inventories/prod/one.yml': small, 'inventories/prod/two.yaml': 'all:\n' }, 'prod'],
  ['a path to a file', { 'somewhere/x.yml': small }, 'somewhere/x.yml'],
  ['a path to a folder', { 'somewhere/hosts.yaml': small }, './somewhere/'],
]

for (const [title, files, name] of places)
  test(`found: ${title}`, async t => {
    const { hosts } = await loadInventory([name], { cwd: await project(t, files) })
    t.deepEqual([...hosts.keys()], ['a'])
  })

test('several inventories are read as one', async t => {
  const cwd = await project(t, { 'a.yml': 'web:\n  hosts: {a: }\n', 'b.yml': 'web:\n  hosts: {b: }\n' })
  const { groups } = await loadInventory(['a.yml', 'b.yml'], { cwd })
  t.deepEqual(groups.get('web')?.hosts, ['a', 'b'])
})

test('groups, ranges, children, ungrouped, anchors and merge keys', async t => {
  const cwd = await project(t, {
    'inventories/prod.yml': `
all:
  hosts:
    lone:
    2001:db8::1:
  children:
    db:
      hosts: {"db[01:03]": }
      children:
        eu:
        us:
    eu:
      hosts:
        web-[a:c]: &common {x: 1, y: 1}
        "s[1:9:4]": {<<: *common, y: 2}
    us: {}
`,
  })
  const { hosts, groups } = await loadInventory(['prod'], { cwd })
  t.deepEqual(
    [...hosts.keys()],
    ['lone', '2001:db8::1', 'db01', 'db02', 'db03', 'web-a', 'web-b', 'web-c', 's1', 's5', 's9'],
  )
  t.deepEqual(groups.get('ungrouped')?.hosts, ['lone', '2001:db8::1'])
  t.deepEqual(hosts.get('web-a')?.groups, ['db', 'eu'])
  t.deepEqual(groups.get('db')?.hosts.length, 9)
  t.deepEqual(
    hosts.get('s5')?.settings.map(({ name, value, at }) => [name, value.kind === 'scalar' && value.value, at.line]),
    [
      ['y', 2, 15],
      ['x', 1, 14],
    ],
  )
})

test('vars beside the inventory: files, folders, without an ending; those of others are left alone', async t => {
  const cwd = await project(t, {
    'inventories/prod.yml': 'web:\n  hosts: {a: , b: }\n',
    'inventories/group_vars/all': 'one: 1\n',
    'inventories/group_vars/web/10.yml': 'two: 2\n',
    'inventories/group_vars/web/deep/20.yaml': 'three: 3\n',
    'inventories/group_vars/web/README.md': 'not: [yaml',
    'inventories/group_vars/elsewhere.yml': 'four: 4\n',
    'inventories/host_vars/c.yml': 'six: 6\n',
    'inventories/host_vars/a.yaml': 'five: 5\n',
  })
  const { hosts, groups } = await loadInventory(['prod'], { cwd })
  const names = (list: readonly { readonly name: string }[] | undefined) => list?.map(({ name }) => name)
  t.deepEqual(names(groups.get('all')?.settings), ['one'])
  t.deepEqual(names(groups.get('web')?.settings), ['two', 'three'])
  t.deepEqual(names(hosts.get('a')?.settings), ['five'])
})

test('names of hosts in place of a file: ranges, a port, and vars of the next inventory', async t => {
  const cwd = await project(t, { 'inv.yml': 'web:\n  hosts: {db2: }\n', 'group_vars/all.yml': 'x: 1\n' })
  const { hosts, groups, files } = await loadInventory(['db[1:2], c:2200', 'inv.yml'], { cwd })
  t.deepEqual([...hosts.keys()], ['db1', 'db2', 'c'])
  t.deepEqual(groups.get('ungrouped')?.hosts, ['db1', 'c'])
  t.like(hosts.get('c')?.settings, [{ name: 'ansible_port', value: { value: 2200 } }])
  t.deepEqual(files, ['-i db[1:2],c:2200,', 'inv.yml'])
  t.deepEqual(await said(t, () => loadInventory(['a/b,'], { cwd })), [
    '-i a/b,: "a/b" cannot be the name of a host; expected letters, digits, and . _ -',
  ])
})

test('a file is read once, whoever names it', async t => {
  const cwd = await project(t, { 'prod/a.ini': 'a x=1\n', 'prod/group_vars/all.yml': 'y: 1\n' })
  const { hosts } = await loadInventory(['./prod', 'prod/a.ini'], { cwd })
  t.is(hosts.get('a')?.settings.length, 1)
})

test('ansible_group_priority in group_vars/ is refused', async t => {
  const cwd = await project(t, { 'inv.ini': '[web]\na\n', 'group_vars/web.yml': 'ansible_group_priority: 5\n' })
  t.deepEqual(await said(t, () => loadInventory(['inv.ini'], { cwd })), [
    'group_vars/web.yml:1:1: ansible_group_priority means nothing in group_vars/ | Set it in the inventory itself, below vars: of the group.',
  ])
})

// A link to itself, because root may read everything.
for (const path of ['group_vars', 'host_vars', 'group_vars/web', 'host_vars/a'])
  test(`vars that cannot be read are not no vars: ${path}`, async t => {
    const cwd = await project(t, { 'inv.yml': 'web:\n  hosts: {a: }\n' })
    await mkdir(dirname(join(cwd, path)), { recursive: true })
    await symlink(basename(path), join(cwd, path))
    t.deepEqual(await said(t, () => loadInventory(['inv.yml'], { cwd })), [`${path}: cannot be read: ELOOP`])
  })

test('a list of hosts may be longer than the name of a file', async t => {
  const names = Array.from({ length: 100 }, (_, i) => `host-${i}`)
  const { hosts } = await loadInventory([names.join(',')], { cwd: await project(t, {}) })
  t.is(hosts.size, 100)
})
