import { symlink } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { main } from '../../lib/cli/main.ts'
import type { Parts } from '../../lib/cli/parts.ts'
import { run } from '../../lib/engine/run.ts'
import { UsageError } from '../../lib/errors.ts'
import { project } from '../inventory/project.ts'
import { fakeTerminal } from './terminal.ts'

const root = resolve(import.meta.dirname, '../..')
const imports = `import { play, playbook } from '${root}/lib/dsl/index.ts'
import { file } from '${root}/lib/tasks/file.ts'
import { z } from 'zod'
`
const body = (plays: string): string => `${imports}
export default playbook({
  name: 'demo',
  groups: ['web'],
  vars: z.strictObject({ port: z.number().optional() }),
  plays: ({ only }) => ${plays},
})
`
const sound = body(`[play('First', { hosts: 'web' }, [file({ path: '/etc/motd', content: '' })])]`)
const inventory = 'web:\n  hosts: {a: {ansible_connection: local}, b: }\nother:\n  hosts: {c: }\n'

const files = { 'package.json': '{"type":"module"}', 'inventories/lab.yml': inventory, 'playbooks/demo.ts': sound }

interface Seen {
  options: Parameters<Parts['run']>[2]
  hosts: Parameters<Parts['run']>[1]
  render: Parameters<Parts['render']>[1]
}

/** Parts that connect to nothing; what they were given. */
const stubs = (exitCode = 0, during: () => void | Promise<void> = () => {}) => {
  const seen: Partial<Seen> = {}
  const parts: Parts = {
    run: (playbook, hosts, options) => {
      run(playbook, hosts, options)
      Object.assign(seen, { hosts, options })
      return (async function* () {})()
    },
    render: async (_, options) => {
      seen.render = options
      await during()
      return { type: 'summary', exitCode, hosts: {}, durationMs: 0 }
    },
    loadConnect: async () => () => Promise.reject(new Error('not in this test')),
  }
  return { parts, seen }
}

const baton = async (
  t: ExecutionContext,
  text: string,
  more: Readonly<Record<string, string>> = {},
  parts = stubs().parts,
  isTTY = false,
) => {
  const cwd = await project(t, { ...files, ...more })
  await symlink(join(root, 'node_modules'), join(cwd, 'node_modules'))
  const fake = fakeTerminal(cwd, {}, isTTY)
  const code = await main(text.split(' '), fake.terminal, parts)
  return { code, out: fake.out(), err: fake.err() }
}

interface Wrong {
  readonly title: string
  readonly playbook: string
  readonly says: string
}

const wrong: readonly Wrong[] = [
  {
    title: 'a syntax error',
    playbook: 'const y = {\n  a 2,\n}\nexport default y\n',
    says: 'playbooks/x.ts:2:5: not valid TypeScript: Expected "}" but found "2"\n  2 |   a 2,\n    |     ^\n',
  },
  {
    title: 'no default export',
    playbook: 'export const x = 1\n',
    says: 'playbooks/x.ts:1:1: the file has no default export\n  1 | export const x = 1\n    | ^\n  Write: export default playbook({ name, groups, vars, plays }).\n',
  },
  {
    title: 'an export that is no playbook',
    playbook: "export default { name: 'x' }\n",
    says: "playbooks/x.ts:1:1: the default export is not a playbook\n  1 | export default { name: 'x' }\n    | ^\n  Write: export default playbook({ name, groups, vars, plays }).\n",
  },
  {
    title: 'an import that is not there',
    playbook: "import { x } from './nope.ts'\nexport default x\n",
    says: "playbooks/x.ts:1:22: the import of playbooks/nope.ts cannot be found\n  1 | import { x } from './nope.ts'\n    |                      ^\n  There is no such file.\n",
  },
  {
    title: 'a package that is not there',
    playbook: "import { x } from 'not-a-package'\nexport default x\n",
    says: 'playbooks/x.ts:1:20: the import "not-a-package" cannot be found\n  1 | import { x } from \'not-a-package\'\n    |                    ^\n  Is it in package.json, and was npm ci run?\n',
  },
  {
    title: 'an alias that is not there',
    playbook: "import { x } from '#nope/x'\nexport default x\n",
    says: 'playbooks/x.ts:1:20: the import "#nope/x" is not defined\n  1 | import { x } from \'#nope/x\'\n    |                    ^\n  There are #dsl, #tasks/NAME, #templates/NAME and #lib/PATH.\n',
  },
  {
    title: 'a name that its module does not export',
    playbook: "import { y } from './demo.ts'\nexport default y\n",
    says: 'playbooks/x.ts:1:10: "./demo.ts" does not export y\n  1 | import { y } from \'./demo.ts\'\n    |          ^\n',
  },
  {
    title: 'a throw while it is loaded',
    playbook: 'const none: { b?: { c: number } } = {}\n\nexport default none.b!.c\n',
    says: "playbooks/x.ts:3:24: TypeError: Cannot read properties of undefined (reading 'c')\n  3 | export default none.b!.c\n    |                        ^\n",
  },
  {
    title: 'a throw that is no error',
    playbook: "throw 'up'\n",
    says: 'playbooks/x.ts:1:1: the playbook threw "up", which is no Error\n  1 | throw \'up\'\n    | ^\n',
  },
  {
    title: 'a throw while its plays are listed',
    playbook: body(`{\n    throw new Error('no plays today')\n  }`),
    says: "playbooks/x.ts:10:11: no plays today\n  10 |     throw new Error('no plays today')\n     |           ^\n",
  },
  {
    title: 'a wrong param of a task',
    playbook: body(`[play('x', { hosts: 'web' }, () => [file({ path: 7 as never })])]`),
    says: "playbooks/x.ts:9:60: file: path: Invalid input: expected string, received number\n  9 |   plays: ({ only }) => [play('x', { hosts: 'web' }, () => [file({ path: 7 as never })])],\n    |                                                            ^\n",
  },
  {
    title: 'a group that must have one host',
    playbook: body(`[play(only('web').name, { hosts: 'web' }, [])]`),
    says: 'playbooks/x.ts:5:16: group web must have exactly one host, and has 2: a, b\n  5 | export default playbook({\n    |                ^\n  Correct the inventory.\n',
  },
]

for (const { title, playbook, says } of wrong)
  test(`wrong playbook: ${title}`, async t => {
    const { code, err, out } = await baton(t, 'playbooks/x.ts -i lab', { 'playbooks/x.ts': playbook })
    t.is(err, `${says}1 problem. No host was touched.\n`)
    t.is(out, '')
    t.is(code, 1)
  })

test('a playbook that throws while its tasks are listed is no mistake of Baton', async t => {
  const playbook = body(`{\n    throw new Error('no plays today')\n  }`)
  const { code, err } = await baton(t, 'playbooks/x.ts -i lab --list-tasks', { 'playbooks/x.ts': playbook })
  t.regex(err, /^playbooks\/x\.ts:10:11: no plays today\n/)
  t.is(code, 1)
})

const arguments_: readonly (readonly [string, string])[] = [
  ['playbooks/dem.ts -i lab', 'playbooks/dem.ts: there is no such playbook\n  Did you mean demo.ts?\n'],
  ['demo -i lab', 'demo: there is no such playbook\n  Did you mean playbooks/demo.ts?\n'],
  ['playbooks -i lab', 'playbooks is a folder; expected a playbook\n  For example playbooks/ping.ts.\n'],
  [
    'inventories/lab.yml -i lab',
    'inventories/lab.yml is not a .ts file; expected a playbook\n  For example playbooks/ping.ts.\n',
  ],
  ['playbooks/demo.ts -i lab -l c', "--limit c leaves none of the playbook's hosts\n  They are: a, b\n"],
  [
    'playbooks/demo.ts -i lab -l zz',
    '--limit zz: inventories/lab.yml has no host or group zz\n  There are: web, other, all, a, b, c\n',
  ],
  ['playbooks/demo.ts -i lab -t config', '--tags config: no task has this tag\n'],
  [
    'playbooks/demo.ts -i lab --list-tasks --start-at file\u00a0x',
    '--start-at "file\u00a0x": no task has this title\n  See --list-tasks.\n',
  ],
  [
    'playbooks/demo.ts -i lab -K',
    "cannot ask for sudo's password: there is no terminal\n  Set ansible_become_password, or leave -K out.\n",
  ],
]

for (const [text, says] of arguments_)
  test(`wrong: ${text}`, async t => {
    const { code, err } = await baton(t, text)
    t.is(err, `${says}1 problem. No host was touched.\n`)
    t.is(code, 1)
  })

test('mistakes of inventory, playbook and -e are told together', async t => {
  const { err } = await baton(t, 'playbooks/nope.ts -i nope -e nope')
  t.is(err.split('\n').filter(line => line && !line.startsWith(' ')).length, 4)
  t.regex(err, /3 problems\. No host was touched\.\n$/)
})

test('a wrong var is shown with its line and a caret; a line with a password is not shown', async t => {
  const { err } = await baton(t, 'playbooks/demo.ts -i lab', {
    'inventories/lab.yml': 'web:\n  hosts:\n    a:\n      port: "x"\n    b: {password: hunter22, port: y}\n',
  })
  t.is(
    err,
    `inventories/lab.yml:4:13: port must be a number; got "x" (host a)
  4 |       port: "x"
    |             ^
inventories/lab.yml:5:9: password is not a var of the playbook "demo" (host b)
  There are: port, ssh_known_hosts_file, ssh_config_file, ssh_proxy_jump, ssh_host_key_policy, ssh_connect_timeout
inventories/lab.yml:5:35: port must be a number; got "y" (host b)
3 problems. No host was touched.
`,
  )
})

test('-o json ends with a summary, also when nothing was run', async t => {
  const { out, code } = await baton(t, 'playbooks/demo.ts -i lab -o json -e prot=1')
  t.is(code, 1)
  t.deepEqual(JSON.parse(out), { type: 'summary', exitCode: 1, hosts: {}, durationMs: 0 })
})

test('what was asked for arrives at the engine and at the renderer', async t => {
  const { parts, seen } = stubs(3)
  const { code } = await baton(
    t,
    'playbooks/demo.ts -i lab -l b --check --expect-no-changes -f 2 -vv --no-diff -e port=9 -t untagged --start-at file*',
    {},
    parts,
  )
  t.is(code, 3)
  t.deepEqual(
    seen.hosts?.map(({ name, vars }) => [name, vars]),
    [
      ['a', { port: 9 }],
      ['b', { port: 9 }],
    ],
  )
  t.like(seen.options, { mode: 'check', forks: 2, expectNoChanges: true })
  t.deepEqual(seen.options?.limit, new Set(['b']))
  t.like(seen.options?.selection, { tags: ['untagged'], skipTags: [], startAt: 'file*' })
  t.like(seen.render, { format: 'plain', diff: false, verbosity: 2, color: false, columns: 80 })
})

test('without --limit and --check', async t => {
  const { parts, seen } = stubs()
  t.is((await baton(t, 'playbooks/demo.ts -i lab', {}, parts)).code, 0)
  t.is(seen.options?.mode, 'apply')
  t.is(seen.options?.limit, undefined)
})

test('--list-hosts, --list-tasks, --help and --version run nothing', async t => {
  const { parts, seen } = stubs()
  const run = async (text: string) => {
    const { code, out } = await baton(t, text, {}, parts)
    t.is(code, 0)
    return out
  }
  t.is(await run('playbooks/demo.ts -i lab --list-hosts'), 'a  web\nb  web\n')
  t.is(await run('playbooks/demo.ts -i lab --list-hosts -l b'), 'b  web\n')
  t.is(await run('playbooks/demo.ts -i lab --list-tasks'), 'play First\n  a, b\n      file /etc/motd\n')
  t.regex(await run('--help'), /^Usage: tsx run PLAYBOOK -i NAME/)
  t.regex(await run('--version'), /^\d+\.\d+\.\d+\n$/)
  t.deepEqual(seen, {})
})

for (const signal of ['SIGINT', 'SIGTERM'])
  test(`${signal} aborts the run, which then is interrupted`, async t => {
    const cwd = await project(t, files)
    await symlink(join(root, 'node_modules'), join(cwd, 'node_modules'))
    const fake = fakeTerminal(cwd)
    const { parts, seen } = stubs(0, () => {
      t.false(seen.options?.signal.aborted)
      fake.signals.emit(signal)
      t.true(seen.options?.signal.aborted)
    })
    t.is(await main(['playbooks/demo.ts', '-i', 'lab'], fake.terminal, parts), 130)
    t.is(fake.err(), 'Interrupted: what is in flight is finished. Interrupt again to end it now.\n')
    t.is(fake.signals.listenerCount(signal), 0)
  })

test('an engine or a renderer that breaks is never success, and not "no host was touched"', async t => {
  const { parts } = stubs(0, () => {
    throw new Error('broken')
  })
  const { code, err } = await baton(t, 'playbooks/demo.ts -i lab', {}, parts)
  t.is(code, 4)
  t.regex(err, /^This is a mistake in Baton: Error: broken\n/)
})

test('a mistake that the engine finds before any connection is exit code 1', async t => {
  const { parts } = stubs(0, () => {
    throw new UsageError([{ message: 'this play cannot be' }])
  })
  const { code, err } = await baton(t, 'playbooks/demo.ts -i lab', {}, parts)
  t.is(code, 1)
  t.is(err, 'this play cannot be\n1 problem. No host was touched.\n')
})

test('-K asks on the terminal, after all checks, and Ctrl-C there is an interruption', async t => {
  const cwd = await project(t, files)
  await symlink(join(root, 'node_modules'), join(cwd, 'node_modules'))
  for (const [typed, code] of [
    ['sesame-open\r', 0],
    ['\u0003', 130],
  ] as const) {
    const { parts, seen } = stubs()
    const fake = fakeTerminal(cwd, {}, true)
    fake.stdin.write(typed)
    t.is(await main(['playbooks/demo.ts', '-i', 'lab', '-K'], fake.terminal, parts), code)
    t.is(fake.err(), "sudo's password: \n")
    t.is(seen.hosts?.[1]?.connection.becomePassword?.reveal(), code ? undefined : 'sesame-open')
  }
})

test('a playbook outside a package of type module is found too', async t => {
  const cwd = await project(t, { ...files, 'package.json': '{}' })
  await symlink(join(root, 'node_modules'), join(cwd, 'node_modules'))
  const fake = fakeTerminal(cwd)
  t.is(await main(['playbooks/demo.ts', '-i', 'lab', '--list-hosts'], fake.terminal, stubs().parts), 0)
  t.is(fake.err(), '')
})
