import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { inventoryVerb } from '../../lib/cli/inventory-verb.ts'
import { project } from '../inventory/project.ts'
import { fakeTerminal } from './terminal.ts'

const run = async (cwd: string, ...argv: readonly string[]) => {
  const { terminal, out, err } = fakeTerminal(cwd)
  return { code: await inventoryVerb(argv, terminal), out: out(), err: err() }
}

const files = {
  'inventories/prod/hosts.yml': `all:
  vars: {ntp: ntp.all, port: 80}
  children:
    web:
      hosts:
        web1:
        web2: {port: 8081}
      vars: {port: 8080, api_token: hunter2-token, login: {user: ci, password: hunter2-nested}}
    db:
      hosts: {db1: {text: "a\\nb", url: 'https://ci:hunter2@repo.example/'}}
`,
  'inventories/prod/group_vars/all.yml': 'zone: eu\n',
}

const prod = (t: ExecutionContext) => project(t, files)

const ansible = join(import.meta.dirname, '../inventory/ansible')
const drawn: Readonly<Record<string, readonly string[]>> = {
  ini: ['ini/hosts.ini'],
  yaml: ['yaml/hosts.yml'],
  folder: ['./folder'],
  two: ['two/a.ini', 'two/b.yml'],
  priority: ['priority/hosts.yml'],
}

for (const [name, sources] of Object.entries(drawn))
  test(`--graph draws ${name} as ansible-inventory does`, async t => {
    const { code, out } = await run(ansible, ...sources.flatMap(source => ['-i', source]))
    t.is(out, readFileSync(join(ansible, 'expected', `${name}.graph`), 'utf8'))
    t.is(code, 0)
  })

test('--graph=GROUP --vars: a group has its own vars, a host the effective ones; secrets are not shown', async t => {
  const { out } = await run(await prod(t), '-i', 'prod', '--graph=web', '--vars', '-l', 'web2')
  t.is(
    out,
    `@web:
  |--web2
  |  |--{api_token = [secret]}
  |  |--{login = {"user":"ci","password":"[secret]"}}
  |  |--{ntp = ntp.all}
  |  |--{port = 8081}
  |  |--{zone = eu}
  |--{api_token = [secret]}
  |--{login = {"user":"ci","password":"[secret]"}}
  |--{port = 8080}
`,
  )
})

test('--host: effective vars as YAML, each with its place and with what it overrides', async t => {
  const cwd = await prod(t)
  const hosts = 'inventories/prod/hosts.yml'
  t.is(
    (await run(cwd, '-i', 'prod', '--host', 'web2')).out,
    `# web2, in web
api_token: "[secret]"  # ${hosts}:8:26, group web
login:                 # ${hosts}:8:52, group web
  user: ci
  password: "[secret]"
ntp: ntp.all           # ${hosts}:2:10, group all
port: 8081             # ${hosts}:7:16, host; overrides 8080 at ${hosts}:8:14, group web, and 1 more
zone: eu               # inventories/prod/group_vars/all.yml:1:1, group all
`,
  )
  t.is(
    (await run(cwd, '-i', 'prod', '--host', 'db1', '-e', 'port=1')).out,
    `# db1, in db
ntp: ntp.all                            # ${hosts}:2:10, group all
port: 1                                 # -e port, command line; overrides 80 at ${hosts}:2:24, group all
text: |-                                # ${hosts}:10:21, host
  a
  b
url: https://ci:[secret]@repo.example/  # ${hosts}:10:35, host
zone: eu                                # inventories/prod/group_vars/all.yml:1:1, group all
`,
  )
})

test('--host -o json', async t => {
  const { out } = await run(await prod(t), '-i', 'prod', '--host', 'web2', '-o', 'json')
  const { host, groups, vars } = JSON.parse(out) as Readonly<Record<string, Readonly<Record<string, unknown>>>>
  t.deepEqual({ host, groups }, { host: 'web2', groups: ['web'] } as never)
  const file = 'inventories/prod/hosts.yml'
  t.deepEqual(vars?.port, {
    value: 8081,
    level: 'host',
    file,
    line: 7,
    column: 16,
    overrides: [
      { value: 8080, level: 'group', group: 'web', file, line: 8, column: 14 },
      { value: 80, level: 'group', group: 'all', file, line: 2, column: 24 },
    ],
  })
})

test('--explain: hosts with the same chain together, what counts first, and where it is not set', async t => {
  const cwd = await prod(t)
  const { out, code } = await run(cwd, '-i', 'prod', '--explain', 'port', '--explain', 'api_token')
  t.is(code, 0)
  t.is(
    out,
    `port on web1
  8080  inventories/prod/hosts.yml:8:14  group web
  80    inventories/prod/hosts.yml:2:24  group all, overridden
port on web2
  8081  inventories/prod/hosts.yml:7:16  host
  8080  inventories/prod/hosts.yml:8:14  group web, overridden
  80    inventories/prod/hosts.yml:2:24  group all, overridden
port on db1
  80  inventories/prod/hosts.yml:2:24  group all
api_token on web1, web2
  [secret]  inventories/prod/hosts.yml:8:26  group web
api_token is not set on db1
`,
  )
  t.is(
    (await run(cwd, '-i', 'prod', '--explain', 'ntp', '-l', 'web', '-e', 'ntp=x')).out,
    `ntp on web1, web2
  x        -e ntp                           command line
  ntp.all  inventories/prod/hosts.yml:2:10  group all, overridden
`,
  )
  const json = await run(cwd, '-i', 'prod', '--explain', 'port', '-o', 'json', '-l', 'db1')
  t.deepEqual(JSON.parse(json.out), {
    var: 'port',
    values: [
      {
        hosts: ['db1'],
        set: true,
        value: 80,
        level: 'group',
        group: 'all',
        file: 'inventories/prod/hosts.yml',
        line: 2,
        column: 24,
        overrides: [],
        conflict: false,
      },
    ],
  })
})

test('--explain names a dozen hosts and counts the rest; JSON has them all', async t => {
  const cwd = await project(t, { 'inv.ini': 'h[1:14] x=1\n' })
  const { out } = await run(cwd, '-i', 'inv.ini', '--explain', 'x')
  t.true(out.startsWith('x on h1, h2, h3, h4, h5, h6, h7, h8, h9, h10, h11, h12, and 2 more\n'), out)
  const json = await run(cwd, '-i', 'inv.ini', '--explain', 'x', '-o', 'json')
  t.is((JSON.parse(json.out) as { values: { hosts: unknown[] }[] }).values[0]?.hosts.length, 14)
})

test('a conflict is shown, and is an error', async t => {
  const cwd = await project(t, {
    'inv.yml': 'a:\n  hosts: {h: }\n  vars: {x: 1}\nb:\n  hosts: {h: }\n  vars: {x: 2, y: 3}\n',
  })
  const shown = await run(cwd, '-i', 'inv.yml', '--explain', 'x')
  t.is(shown.code, 1)
  t.is(shown.out, 'x on h: in conflict\n  1  inv.yml:3:10  group a\n  2  inv.yml:6:10  group b\n')
  t.regex(shown.err, /inv.yml:6:10: x is set differently by group b, here, and by group a, at inv.yml:3:10\n/)
  t.is((await run(cwd, '-i', 'inv.yml', '--explain', 'y')).code, 0)
  t.is((await run(cwd, '-i', 'inv.yml', '--host', 'h')).code, 1)
})

test('-o json is the list that ansible-inventory prints', async t => {
  const { out } = await run(ansible, '-i', './folder', '-o', 'json')
  const expected = JSON.parse(readFileSync(join(ansible, 'expected/folder.json'), 'utf8')) as Record<string, object>
  t.deepEqual(JSON.parse(out), expected)
})

test('nothing that must not be seen is shown, in no form; nothing steers the terminal', async t => {
  const cwd = await project(t, {
    ...files,
    'inventories/prod/host_vars/db1.yml':
      'opts: "--password=hunter2 -v"\npasswords: [hunter2]\nsealed: !secret hunter2-sealed\nx: "\\e[2J"\n"k\\e[0m": 1\n',
  })
  const named = ['opts', 'passwords', 'sealed', 'api_token', 'login', 'url'].flatMap(name => ['--explain', name])
  for (const what of [
    ['--vars'],
    ['-o', 'json'],
    ['--host', 'db1'],
    ['--host', 'db1', '-o', 'json'],
    named,
    [...named, '-o', 'json'],
  ]) {
    const { out, err, code } = await run(cwd, '-i', 'prod', ...what)
    t.is(code, 0, err)
    t.false(`${out}${err}`.includes('hunter2'), what.join(' '))
    t.false(out.includes('\u001b'), what.join(' '))
  }
})

const wrong: readonly (readonly [argv: readonly string[], says: string])[] = [
  [
    ['-i', 'prod', '--explain', 'prot'],
    '--explain prot: nothing in inventories/prod/hosts.yml sets it\n  Did you mean port?\n',
  ],
  [
    ['-i', 'prod', '--host', 'web'],
    '--host web: inventories/prod/hosts.yml has no such host\n  web is a group: --graph=web\n',
  ],
  [
    ['-i', 'prod', '--host', 'wbe1'],
    '--host wbe1: inventories/prod/hosts.yml has no such host\n  Did you mean web1?\n',
  ],
  [['-i', 'prod', '--graph=bd'], '--graph=bd: inventories/prod/hosts.yml has no such group\n  Did you mean db?\n'],
  [['-i', 'prod', '--graph', 'db'], '--graph takes its value behind an equals sign: --graph=db\n'],
  [['-i', 'prod', 'db'], 'db belongs to no option\n'],
  [['-i', 'prod', '--graph', '--host', 'web1'], '--graph and --host exclude each other\n'],
  [['-i', 'prod', '--host', 'web1', '--vars'], '--vars goes with --graph only\n'],
  [['-i', 'prod', '--host', 'web1', '-l', 'web'], '--limit and --host exclude each other\n'],
  [['--graph'], 'which inventory? -i is missing\n'],
  [['-i', 'prod', '-o', 'yaml'], '--output must be plain or json; got "yaml"\n'],
  [['-i', 'prdo'], '-i prdo: there is no inventories/prdo'],
]

for (const [argv, says] of wrong)
  test(`wrong: ${argv.join(' ')}`, async t => {
    const { code, out, err } = await run(await prod(t), ...argv)
    t.is(code, 1)
    t.is(out, '')
    t.true(err.startsWith(says), err)
  })

test('--help names every option', async t => {
  const { code, out } = await run('/', '--help')
  t.is(code, 0)
  for (const name of ['graph', 'vars', 'host', 'explain', 'output', 'inventory', 'limit', 'extra-vars', 'help'])
    t.regex(out, new RegExp(`--${name}\\b`))
})
