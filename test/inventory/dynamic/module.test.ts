import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { z } from 'zod'
import { defineInventory } from '../../../lib/inventory/define-inventory.ts'
import { hostsFor } from '../../../lib/inventory/hosts-for.ts'
import { loadInventory } from '../../../lib/inventory/load.ts'
import { Secret } from '../../../lib/secret.ts'
import { project, said } from '../project.ts'

const wrong: readonly (readonly [title: string, source: string, says: readonly string[]])[] = [
  [
    'no default export',
    'export const inventory = {}\n',
    [
      'inventories/prod.ts: there is no default export | Write: export default defineInventory({ all: { hosts: { web1: {} } } }), or give it an async function.',
    ],
  ],
  [
    'a list',
    'export default async () => []\n',
    [
      'inventories/prod.ts: the default export is no inventory | Write: export default defineInventory({ all: { hosts: { web1: {} } } }), or give it an async function.',
    ],
  ],
  [
    'an error, with its line',
    "\nexport default async () => {\n  throw new TypeError('no token')\n}\n",
    ['inventories/prod.ts:3:9: TypeError: no token'],
  ],
  ['no Error', "export default () => { throw 'x' }\n", ['inventories/prod.ts: it threw string, which is no Error']],
  [
    'not TypeScript',
    'export default {\n  a: ,\n}\n',
    ['inventories/prod.ts:2:6: not valid TypeScript: Unexpected ","'],
  ],
  [
    'an import that is not there',
    "import './nowhere.ts'\nexport default {}\n",
    ['inventories/prod.ts: Cannot find module'],
  ],
  [
    'no end',
    'export default () => new Promise(() => {})\n',
    ['inventories/prod.ts: the inventory was still not there after 0.5 s'],
  ],
  [
    'a wrong shape, and values that no var can have',
    `const loop: Record<string, unknown> = {}
loop.self = loop
export default { web: { host: {}, hosts: { a: { f: () => 1, d: new Date(0), n: [NaN], loop, big: 5n } } } }
`,
    [
      'inventories/prod.ts: web.hosts.a.f: a function cannot be the value of a var | Text, numbers, true, false, null, lists and plain objects can.',
      'inventories/prod.ts: web.hosts.a.d: an instance of Date cannot be the value of a var | Text, numbers, true, false, null, lists and plain objects can.',
      'inventories/prod.ts: web.hosts.a.n[0]: NaN cannot be the value of a var | Text, numbers, true, false, null, lists and plain objects can.',
      'inventories/prod.ts: web.hosts.a.loop.self: the value contains itself',
      'inventories/prod.ts: web.hosts.a.big: a bigint cannot be the value of a var | Text, numbers, true, false, null, lists and plain objects can.',
      'inventories/prod.ts: web.host: the group web has an unknown key host; expected hosts, vars or children | Did you mean hosts?',
    ],
  ],
]

for (const [title, source, says] of wrong)
  test(`wrong: ${title}`, async t => {
    const cwd = await project(t, { 'inventories/prod.ts': source, 'package.json': '{"type": "module"}' })
    const lines = await said(t, () => loadInventory(['prod'], { cwd, timeoutMs: 500 }))
    t.deepEqual(
      lines.map((line, i) => (says[i]?.endsWith('Cannot find module') ? line.slice(0, says[i].length) : line)),
      says,
    )
  })

test('what anybody can change is not loaded', async t => {
  const cwd = await project(t, { 'inventories/prod.ts': "throw new Error('loaded')\n" })
  await chmod(join(cwd, 'inventories/prod.ts'), 0o666)
  t.regex((await said(t, () => loadInventory(['prod'], { cwd })))[0]!, /^inventories\/prod.ts: anybody .* not run/)
})

test('groups, ranges, vars, Secrets; a wrong var is named with the way to it', async t => {
  const secret = join(import.meta.dirname, '../../../lib/secret.ts')
  const cwd = await project(t, {
    'package.json': '{"type": "module"}',
    'inventories/prod.ts': `import { Secret } from ${JSON.stringify(secret)}
export default async () => ({
  all: { vars: { left: undefined, token: new Secret('canary-1234') } },
  web: { hosts: { 'web[1:2]': { port: 80 } }, children: { db: null } },
  db: { hosts: { db1: null }, vars: { port: 'x' } },
})
`,
  })
  const inventory = await loadInventory(['prod'], { cwd })
  t.deepEqual(inventory.groups.get('web')?.hosts, ['web1', 'web2', 'db1'])
  const shape = { token: z.string().transform(text => new Secret(text)) }
  const request = {
    name: 'p',
    groups: ['web'],
    vars: z.strictObject({ ...shape, port: z.union([z.number(), z.string()]) }),
  }
  t.is(hostsFor(inventory, request)[0]?.vars.token.reveal(), 'canary-1234')
  const strict = { ...request, vars: z.strictObject({ ...shape, port: z.number() }) }
  t.deepEqual(await said(t, () => hostsFor(inventory, strict)), [
    'inventories/prod.ts: db.vars.port: port must be a number; got "x" (host db1)',
  ])
})

test('defineInventory gives back what it is given', t => {
  const source = { all: { hosts: { a: null } } }
  t.is(defineInventory(source), source)
})
