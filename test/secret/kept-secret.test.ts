import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { z } from 'zod'
import { hostsFor } from '../../lib/inventory/hosts-for.ts'
import { loadInventory } from '../../lib/inventory/load.ts'
import { Secret } from '../../lib/secret.ts'
import { tempDirectory } from '../helpers/temp-directory.ts'
import { said } from '../inventory/project.ts'
import { age, answering, fixture, folder, keysOf, vault } from './fixtures.ts'

const secret = z.string().transform(value => new Secret(value))

/** The vars of one host `a`, whose inventory and folders are these files. */
const varsOf = async (
  t: ExecutionContext,
  schema: z.ZodType,
  files: Readonly<Record<string, string | Buffer>>,
  keys = keysOf({}, undefined, folder),
): Promise<unknown> => {
  const cwd = await tempDirectory(t)
  for (const [name, content] of Object.entries({ 'prod.yml': 'all:\n  hosts:\n    a:\n', ...files })) {
    await mkdir(join(cwd, name, '..'), { recursive: true })
    await writeFile(join(cwd, name), content)
  }
  const inventory = await loadInventory(['./prod.yml'], { cwd, keys })
  const [host] = hostsFor(inventory, { name: 'p', groups: ['all'], vars: schema }, { cwd, home: cwd })
  return host?.vars
}

const full = z.object({ password: secret, port: z.number(), many: z.array(secret) })
const bothKeys = { ...age, ...vault }

for (const [name, file] of [
  ['group_vars/all.yml.age', 'armored.yml.age'],
  ['group_vars/all.yaml.age', 'binary.yml.age'],
  ['group_vars/all.yml', 'binary.yml.age'],
  ['group_vars/all/db.yml.age', 'binary.yml.age'],
  ['host_vars/a.yml', 'vault.yml'],
  ['host_vars/a.sops.yml', 'sops.yml'],
  ['host_vars/a.yml', 'sops.yml'],
  ['group_vars/all.sops.json', 'sops.json'],
] as const)
  test(`${name} as ${file}`, async t => {
    const found = (await varsOf(t, full, { [name]: await fixture(file) }, keysOf(bothKeys))) as z.output<typeof full>
    t.regex(found.password.reveal(), /^(ag3|s0ps)-fixture/)
    t.is(found.port, 5432)
    t.deepEqual(
      found.many.map(one => one.reveal()),
      ['first-of-many', 'second-of-many'],
    )
  })

test('what was encrypted cannot come out of a schema as plain text', async t => {
  const way =
    'In the schema of the playbook: z.string().transform(value => new Secret(value)). Or write it in a file that is not encrypted.'
  const schema = z.object({ password: z.string(), many: z.array(z.string()), port: z.number() })
  const files = { 'group_vars/all.yml.age': await fixture('binary.yml.age') }
  t.deepEqual(await said(t, () => varsOf(t, schema, files, keysOf(age))), [
    `group_vars/all.yml.age (decrypted):2:11: password is a secret, and the playbook takes it as plain text (host a) | ${way}`,
    `group_vars/all.yml.age (decrypted):5:5: many[0] is a secret, and the playbook takes it as plain text (host a) | ${way}`,
    `group_vars/all.yml.age (decrypted):6:5: many[1] is a secret, and the playbook takes it as plain text (host a) | ${way}`,
  ])
})

test('a secret that is too short to be masked is refused where a playbook takes it', async t => {
  const files = { 'group_vars/all.yml': 'pin: !prompt PIN\nunused: !secret abc\n' }
  const keys = () => keysOf({}, answering('PIN=12345'))
  t.deepEqual(await said(t, () => varsOf(t, z.object({ pin: secret }), files, keys())), [
    'group_vars/all.yml:1:14: pin must have at least 6 characters: a shorter one cannot be kept out of reports (host a)',
  ])
  const plain = { 'group_vars/all.yml': 'db:\n  pins: [123456, abc]\n' }
  const schema = z.object({
    db: z.object({ pins: z.array(z.coerce.string().pipe(secret)) }),
    other: secret.default(new Secret('')),
  })
  t.deepEqual(await said(t, () => varsOf(t, schema, plain)), [
    'group_vars/all.yml:2:18: db.pins[1] must have at least 6 characters: a shorter one cannot be kept out of reports (host a)',
  ])
})

test('vars that the schema lets through without a name are Secrets', async t => {
  const files = { 'group_vars/all.yml': 'deep: { key: !secret let-thr0ugh, plain: yes }\n' }
  for (const schema of [z.unknown(), z.looseObject({})]) {
    const { deep } = (await varsOf(t, schema, files)) as { deep: { key: Secret; plain: string } }
    t.true(deep.key instanceof Secret && deep.key.reveal() === 'let-thr0ugh')
    t.is(deep.plain, 'yes')
  }
  t.deepEqual(await varsOf(t, z.object({}), files), {})
})

test('the vars of a connection may be encrypted', async t => {
  const cwd = await tempDirectory(t)
  await writeFile(
    join(cwd, 'prod.yml'),
    'all:\n  hosts:\n    a: { ansible_host: !secret 192.0.2.7, ansible_become_password: !secret "s3same-open" }\n',
  )
  const inventory = await loadInventory(['./prod.yml'], { cwd, keys: keysOf() })
  const [host] = hostsFor(inventory, { name: 'p', groups: ['all'], vars: z.object({}) }, { cwd, home: cwd })
  t.like(host?.connection, { type: 'ssh', address: '192.0.2.7' })
  t.is(host?.connection.becomePassword?.reveal(), 's3same-open')
})

test('a value that its schema refuses is not shown', async t => {
  const schema = z.object({
    password: z
      .string()
      .min(40)
      .transform(value => new Secret(value)),
    name: z.enum(['x', 'y']),
  })
  const files = { 'group_vars/all.yml': 'password: !secret shown-n0where\nname: !secret also-n0where\n' }
  const lines = await said(t, () => varsOf(t, schema, files))
  t.is(lines.length, 2)
  t.notRegex(lines.join('\n'), /n0where/)
})
