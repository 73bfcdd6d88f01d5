import test from 'ava'
import { z } from 'zod'
import { loadExtraVars } from '../../lib/inventory/extra-vars.ts'
import { hostsFor, withBecomePassword } from '../../lib/inventory/hosts-for.ts'
import { loadInventory } from '../../lib/inventory/load.ts'
import { Secret } from '../../lib/secret.ts'
import { project, said } from './project.ts'

const vars = z.strictObject({
  port: z.number().int().min(1024).default(8081),
  home: z.string().regex(/^\//, 'must be an absolute path').optional(),
  mode: z.enum(['full', 'partial']).optional(),
  on: z.boolean().optional(),
  names: z.array(z.string().min(2)).min(1).optional(),
  deep: z.strictObject({ a: z.strictObject({ b: z.array(z.number()) }) }).optional(),
  either: z.union([z.string(), z.array(z.string())]).optional(),
  store: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('file'), dir: z.string() }),
      z.strictObject({ type: z.literal('s3'), bucket: z.string() }),
    ])
    .optional(),
  url: z.url().optional(),
  dbPassword: z
    .string()
    .min(8)
    .transform(value => new Secret(value))
    .optional(),
})
const request = { name: 'demo', groups: ['web'], vars }
const needed = { ...request, vars: z.strictObject({ port: z.number(), deep: z.object({ a: z.string() }).optional() }) }
const thrown = { ...request, at: { file: 'p.ts', line: 3, column: 16 } }
const options = { cwd: '/project', home: '/home/me' }

interface Wrong {
  readonly title: string
  readonly web: string
  readonly more?: Readonly<Record<string, string>>
  readonly extra?: readonly string[]
  readonly request?: Parameters<typeof hostsFor>[1]
  readonly says: readonly string[]
}

const wrong: readonly Wrong[] = [
  {
    title: 'a wrong type deep inside, at its very place',
    web: '  hosts: {a: }\n  vars:\n    deep:\n      a:\n        b: [1, 2, three]\n',
    says: ['inv.yml:6:19: deep.a.b[2] must be a number; got "three" (host a)'],
  },
  {
    title: 'the same in many hosts: one problem',
    web: '  hosts: {"a[1:200]": }\n  vars: {port: x}\n',
    says: ['inv.yml:3:16: port must be a number; got "x" (200 hosts: a1, a2, a3 ...)'],
  },
  {
    title: 'all problems of all hosts',
    web: '  hosts:\n    a: {port: 1.5}\n    b: {port: 80}\n    c: {on: yes, mode: ful}\n',
    says: [
      'inv.yml:3:15: port must be a whole number; got 1.5 (host a)',
      'inv.yml:4:15: port must be at least 1024; got 80 (host b)',
      'inv.yml:5:24: mode must be full or partial; got "ful" (host c) | Did you mean full?',
      'inv.yml:5:13: on must be true or false; got "yes" (host c) | In YAML 1.2 only true and false are booleans.',
    ],
  },
  {
    title: 'a schema that waits',
    web: '  hosts: {a: {x: 1}, b: {x: 1}}\n',
    request: { ...thrown, vars: z.object({ x: z.number().refine(async () => true) }) },
    says: [
      'p.ts:3:16: the schema of the vars must be synchronous: it has an async refine or transform (2 hosts: a, b)',
    ],
  },
  {
    title: 'a schema that throws',
    web: '  hosts: {a: {x: 1}}\n',
    request: {
      ...thrown,
      vars: z.object({
        x: z.number().refine(() => {
          throw new TypeError('y is undefined')
        }),
      }),
    },
    says: ['p.ts:3:16: the schema of the vars threw TypeError: y is undefined (host a)'],
  },
  {
    title: 'a schema that wants what no inventory holds',
    web: '  hosts: {a: {x: text-of-it}}\n',
    request: { ...thrown, vars: z.object({ x: z.instanceof(Secret) }) },
    says: [
      'inv.yml:2:18: x must be of type Secret; got "text-of-it" (host a) | An inventory holds text. In the schema of the playbook: z.string().transform(value => new Secret(value)).',
    ],
  },
  {
    title: "the schema's own words",
    web: '  hosts: {a: {home: opt}}\n',
    says: ['inv.yml:2:21: home must be an absolute path; got "opt" (host a)'],
  },
  {
    title: 'text and numbers taken for each other',
    web: '  hosts: {a: {home: 0644, port: "8081"}}\n',
    says: [
      'inv.yml:2:33: port must be a number; got "8081" (host a) | Remove the quotes to make it a number.',
      'inv.yml:2:21: home must be text; got 0644 (host a) | Put it in quotes to make it text.',
    ],
  },
  {
    title: 'lists, mappings, nothing',
    web: '  hosts: {a: {names: [], port: [1], deep: {a: }}, b: {names: [x]}, c: {url: x, home: {}}}\n',
    says: [
      'inv.yml:2:32: port must be a number; got a list of 1 (host a)',
      'inv.yml:2:22: names must have at least 1 entry; got a list of 0 (host a)',
      'inv.yml:2:44: deep.a must be a mapping; got nothing (host a)',
      'inv.yml:2:63: names[0] must have at least 2 characters; got "x" (host b)',
      'inv.yml:2:86: home must be text; got a mapping (host c)',
      'inv.yml:2:77: url must be a URL; got "x" (host c)',
    ],
  },
  {
    title: 'unions: the alternatives, or the branch that fits best',
    web: '  hosts:\n    a: {either: 5}\n    b: {either: [1]}\n    c: {store: {type: fil}}\n    d: {store: {type: s3, bukket: x}}\n',
    says: [
      'inv.yml:3:17: either must be text or a list; got 5 (host a) ',
      'inv.yml:4:18: either[0] must be text; got 1 (host b) | Put it in quotes to make it text.',
      'inv.yml:5:23: store.type must be file or s3; got "fil" (host c) | Did you mean file?',
      'inv.yml:6:27: bukket is not a key of store (host d) | Did you mean bucket?',
    ],
  },
  {
    title: 'a misspelt var says so once, and not that the right one is missing',
    web: '  hosts: {a: , b: }\n  vars: {prot: 8081}\n',
    request: needed,
    says: ['inv.yml:3:10: prot is not a var of the playbook "demo" (2 hosts: a, b) | Did you mean port?'],
  },
  {
    title: 'a var of nothing known',
    web: '  hosts: {a: {zebra: 1, ssh_prox_jump: x}}\n',
    request: { ...request, vars: z.strictObject({ port: z.number().optional() }) },
    says: [
      'inv.yml:2:15: zebra is not a var of the playbook "demo" (host a) | There are: port, ssh_known_hosts_file, ssh_config_file, ssh_proxy_jump, ssh_host_key_policy, ssh_connect_timeout',
      'inv.yml:2:25: ssh_prox_jump is not a var of the playbook "demo" (host a) | Did you mean ssh_proxy_jump?',
    ],
  },
  {
    title: 'a missing var, once for all hosts, at the first of them',
    web: '  hosts:\n    a: {deep: {}}\n    b:\n',
    request: needed,
    says: [
      'inv.yml:3:5: port is missing; it must be a number (2 hosts: a, b) | Set it for the host, for one of its groups, or with -e port=VALUE.',
      'inv.yml:3:15: deep.a is missing; it must be text (host a)',
    ],
  },
  {
    title: 'a missing var of a schema that is not strict: what it may have been meant by',
    web: '  hosts: {a: {prot: 1}}\n',
    request: { ...request, vars: z.object({ port: z.number() }) },
    says: ['inv.yml:2:11: port is missing; it must be a number (host a) | Did you mean it at inv.yml:2:15, prot?'],
  },
  {
    title: 'a value that must not be seen is not shown',
    web: '  hosts: {a: {dbPassword: hunter2}, b: {ansible_become_password: 12345678}}\n',
    says: [
      'inv.yml:2:27: dbPassword must have at least 8 characters; its value is not shown here (host a)',
      'inv.yml:2:66: ansible_become_password must be text; its value is not shown here (host b) | Put it in quotes to make it text.',
    ],
  },
  {
    title: 'a password that is too short to be kept out of reports',
    web: '  hosts: {a: {ansible_become_password: "1234"}}\n',
    says: [
      'inv.yml:2:40: ansible_become_password must have at least 6 characters: a shorter one cannot be kept out of reports; its value is not shown here (host a)',
    ],
  },
  {
    title: 'sibling groups that differ: both places',
    web: '  hosts: {a: , b: , c: {port: 3000}}\n  vars: {port: 2000}\neu:\n  hosts: {a: , b: , c: }\n  vars: {port: 2001}\n',
    says: [
      'inv.yml:6:10: port is set differently by group eu, here, and by group web, at inv.yml:3:10 (2 hosts: a, b) | Neither group is above the other. Set it in one of them, in a group below both, or on the host.',
    ],
  },
  {
    title: 'one group set twice, in two files',
    web: '  hosts: {a: {mode: full}}\n  vars: {port: 2000}\n',
    more: { 'group_vars/web.yml': 'port: 2001\n', 'host_vars/a.yml': 'mode: partial\n' },
    says: [
      'host_vars/a.yml:1:1: mode is set twice, differently, for the host: here and at inv.yml:2:15 (host a) | Remove one of them.',
      'group_vars/web.yml:1:1: port is set twice, differently, for group web: here and at inv.yml:3:10 (host a) | Remove one of them.',
    ],
  },
  {
    title: 'a group of the playbook that the inventory lacks, and a near one',
    web: '  hosts: {a: }\nstandy:\n  hosts: {b: }\n',
    request: { ...request, groups: ['web', 'standby', 'zoo'], at: { file: 'p.ts', line: 3, column: 16 } },
    says: [
      'p.ts:3:16: the playbook "demo" is for the group standby, which inv.yml does not have | Did you mean standy at inv.yml:3:1?',
      'p.ts:3:16: the playbook "demo" is for the group zoo, which inv.yml does not have | There are: web, standy, all',
    ],
  },
  {
    title: 'groups without a host',
    web: '\nother:\n  hosts: {b: }\n',
    says: ['the playbook "demo" is for web; inv.yml has no host in it'],
  },
  {
    title: 'connection vars',
    web: `  hosts:
    a: {ansible_port: 70000, ansible_connection: paramiko, ansible_user: "{{ me }}"}
    b: {ansible_hots: x, ansible_python_interpreter: /usr/bin/python3}
    c: {ansible_become_pass: abcdefgh, ansible_become_password: abcdefgh}
    d: {ssh_host_key_policy: no, ssh_connect_timeout: 5s}
`,
    says: [
      'inv.yml:3:50: ansible_connection must be ssh or local; got "paramiko" (host a)',
      'inv.yml:3:23: ansible_port must be at most 65535; got 70000 (host a)',
      'inv.yml:3:74: ansible_user must not have {{ }} in it: templates are not evaluated here; got "{{ me }}" (host a)',
      'inv.yml:4:9: ansible_hots is not a var of a connection (host b) | Did you mean ansible_host?',
      'inv.yml:5:40: ansible_become_password and ansible_become_pass are the same (host c) | Remove one of them.',
      'inv.yml:6:30: ssh_host_key_policy must be strict or accept-new; got "no" (host d)',
      'inv.yml:6:55: ssh_connect_timeout must be a number; got "5s" (host d)',
    ],
  },
  {
    title: "Ansible's vars that would change how a host is reached, or who runs there",
    web: `  hosts:
    a: {ansible_ssh_common_args: -J jump, ansible_password: x, ansible_become: yes}
    b: {ansible_become_user: app, ansible_become_method: su, ansible_shell_type: powershell}
    c: {ansible_ssh_user: x, ansible_user: y}
    d: {ansible_become: no, ansible_become_method: sudo, ansible_shell_type: sh, ansible_ssh_timeout: 3}
    e: {ansible_ssh_prot: 22}
`,
    says: [
      `inv.yml:3:9: ansible_ssh_common_args is Ansible's, and means nothing here (host a) | Put it into ~/.ssh/config (or the file of ssh_config_file); a jump host is ssh_proxy_jump.`,
      `inv.yml:3:43: ansible_password is Ansible's, and means nothing here (host a) | Baton logs in with keys: load one into ssh-agent, or name it with ansible_ssh_private_key_file.`,
      `inv.yml:3:64: ansible_become is Ansible's, and means nothing here (host a) | Give the play, or the task, become: true or the name of a user.`,
      `inv.yml:4:9: ansible_become_user is Ansible's, and means nothing here (host b) | Give the play, or the task, become: true or the name of a user.`,
      `inv.yml:4:35: ansible_become_method is Ansible's, and means nothing here (host b) | Baton becomes another user by sudo, as it is.`,
      `inv.yml:4:62: ansible_shell_type is Ansible's, and means nothing here (host b) | Every command runs in the sh of the host.`,
      'inv.yml:5:30: ansible_user and ansible_ssh_user are the same (host c) | Remove one of them.',
      'inv.yml:7:9: ansible_ssh_prot is not a var of a connection (host e) | Did you mean ansible_ssh_port?',
    ],
  },
  {
    title: 'the command line',
    web: '  hosts: {a: , b: }\n',
    extra: ['port=x', 'prot=1', '@extra.yml'],
    more: { 'extra.yml': 'on: 1\n' },
    says: [
      '-e prot: prot is not a var of the playbook "demo" (2 hosts: a, b) | Did you mean port?',
      '-e port: port must be a number; got "x" (2 hosts: a, b)',
      'extra.yml:1:5: on must be true or false; got 1 (2 hosts: a, b)',
    ],
  },
  {
    title: 'the command line, with a schema that would drop what it does not know',
    web: '  hosts: {a: }\n',
    extra: ['prot=1'],
    request: { ...request, vars: z.object({ port: z.number().optional() }) },
    says: ['-e prot: prot is not a var of the playbook "demo" (host a) | Did you mean port?'],
  },
]

for (const { title, web, more, extra, request: asked, says } of wrong)
  test(`wrong: ${title}`, async t => {
    const cwd = await project(t, { 'inv.yml': `web:\n${web}`, ...more })
    const inventory = await loadInventory(['inv.yml'], { cwd })
    const extraVars = await loadExtraVars(extra ?? [], cwd)
    t.deepEqual(
      await said(t, () => hostsFor(inventory, asked ?? request, { ...options, extraVars })),
      says.map(text => text.trimEnd()),
    )
  })

test('precedence: default, all, parent, child, host, command line', async t => {
  const cwd = await project(t, {
    'inv.yml': `
all:
  vars: {all: all, parent: all, child: all, host: all, line: all}
  children:
    parent:
      vars: {parent: parent, child: parent, host: parent, line: parent}
      children:
        web:
          vars: {child: child, host: child, line: child}
          hosts:
            a: {host: host, line: host}
`,
  })
  const text = z.string().default('default')
  const names = ['none', 'all', 'parent', 'child', 'host', 'line'] as const
  const schema = z.strictObject(Object.fromEntries(names.map(name => [name, text])))
  const [a] = hostsFor(
    await loadInventory(['inv.yml'], { cwd }),
    { name: 'p', groups: ['web'], vars: schema },
    { ...options, extraVars: await loadExtraVars(['line=line'], cwd) },
  )
  t.deepEqual(a?.vars, { none: 'default', all: 'all', parent: 'parent', child: 'child', host: 'host', line: 'line' })
  t.deepEqual(a?.groups, ['parent', 'web'])
})

test('what siblings agree on, what a group below both sets, and what means nothing here is no conflict', async t => {
  const cwd = await project(t, {
    'inv.yml': `
web:
  vars: {port: 2000, mode: full, ansible_python_interpreter: x}
  children: {both: }
eu:
  vars: {port: 2000, mode: partial, ansible_python_interpreter: y}
  children: {both: }
both:
  vars: {mode: full}
  hosts: {a: }
`,
  })
  const [a] = hostsFor(await loadInventory(['inv.yml'], { cwd }), request, options)
  t.deepEqual(a?.vars, { port: 2000, mode: 'full' })
})

test('only hosts of the groups take part, in inventory order; `all` is everybody', async t => {
  const cwd = await project(t, { 'inv.yml': 'db:\n  hosts: {c: , a: }\nweb:\n  hosts: {b: , a: }\n' })
  const inventory = await loadInventory(['inv.yml'], { cwd })
  const names = (groups: readonly string[]) =>
    hostsFor(inventory, { ...request, groups }, options).map(({ name }) => name)
  t.deepEqual(names(['web']), ['a', 'b'])
  t.deepEqual(names(['all']), ['c', 'a', 'b'])
  t.deepEqual(hostsFor(inventory, { ...request, groups: ['all'] }, options)[1]?.groups, ['all', 'db', 'web'])
})

test('connection settings: names, types, paths; none of them is a var of the playbook', async t => {
  const cwd = await project(t, {
    'inv.yml': `
web:
  hosts:
    plain:
    full:
      ansible_host: 198.51.100.7
      ansible_port: "2222"
      ansible_user: admin
      ansible_ssh_private_key_file: keys/id
      ansible_become_pass: sesame-open
      ssh_known_hosts_file: ~/hosts
      ssh_config_file: none
      ssh_proxy_jump: j@jump
      ssh_host_key_policy: accept-new
      ssh_connect_timeout: 2.5
    here: {ansible_connection: local, ansible_host: ignored}
`,
  })
  const [plain, full, here] = hostsFor(await loadInventory(['inv.yml'], { cwd }), request, options)
  t.deepEqual(plain?.connection, { type: 'ssh', address: 'plain' })
  t.deepEqual(here?.connection, { type: 'local' })
  t.deepEqual(full?.connection, {
    type: 'ssh',
    address: '198.51.100.7',
    port: 2222,
    user: 'admin',
    identityFiles: ['/project/keys/id'],
    knownHostsFile: '/home/me/hosts',
    sshConfigFile: 'none',
    proxyJump: 'j@jump',
    hostKeyPolicy: 'accept-new',
    connectTimeoutMs: 2500,
    becomePassword: new Secret('sesame-open'),
  })
  t.true(full?.connection.becomePassword?.equals(new Secret('sesame-open')))
  t.false(JSON.stringify(full).includes('sesame'))
  t.deepEqual(full?.vars, { port: 8081 })
})

test('the password that was asked for is for hosts that have none', async t => {
  const cwd = await project(t, { 'inv.yml': 'web:\n  hosts: {a: , b: {ansible_become_password: of-its-own}}\n' })
  const asked = new Secret('asked-for-it')
  const [a, b] = withBecomePassword(hostsFor(await loadInventory(['inv.yml'], { cwd }), request, options), asked)
  t.is(a?.connection.becomePassword?.reveal(), 'asked-for-it')
  t.is(b?.connection.becomePassword?.reveal(), 'of-its-own')
  t.throws(() => withBecomePassword([], new Secret('12345')), { message: /sudo's password must have at least 6/ })
})

test('hosts and their vars are frozen, all the way down', async t => {
  const cwd = await project(t, { 'inv.yml': 'web:\n  hosts: {a: {names: [xx]}}\n' })
  const [a] = hostsFor(await loadInventory(['inv.yml'], { cwd }), request, options)
  t.throws(() => (a!.vars.names as string[]).push('y'), { instanceOf: TypeError })
  t.throws(() => Object.assign(a!.connection, { user: 'root' }), { instanceOf: TypeError })
})

test("Ansible's older names of how to get to a host", async t => {
  const older =
    '{ansible_ssh_host: 198.51.100.9, ansible_ssh_port: 2222, ansible_ssh_user: me, ansible_private_key_file: k}'
  const cwd = await project(t, { 'inv.yml': `web:\n  hosts: {a: ${older}}\n` })
  const [a] = hostsFor(await loadInventory(['inv.yml'], { cwd }), request, options)
  t.deepEqual(a?.connection, {
    type: 'ssh',
    address: '198.51.100.9',
    port: 2222,
    user: 'me',
    identityFiles: ['/project/k'],
  })
})
