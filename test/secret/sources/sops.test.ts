import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { tempDirectory } from '../../helpers/temp-directory.ts'
import { age, fixture, folder, keysOf, type Read, read } from '../fixtures.ts'

const all = {
  password: `s0ps-fixture '"&% value`,
  port: 5432,
  ratio: 0.25,
  on: true,
  nothing: null,
  empty: '',
  many: ['first-of-many', 'second-of-many'],
  database: { user: 'artifactory', key: 'nested-key-0123' },
  region_unencrypted: 'eu-west',
  size_unencrypted: 1.5e21,
}
const texts = ['password', 'many[0]', 'many[1]', 'database.user', 'database.key']

const some = {
  region: 'eu-west',
  enabled: false,
  size: 3,
  dbPassword: 'r3gex-fixture-value',
  database: { user: 'artifactory', token: 'nested-token-0123' },
}

for (const [file, value, secret] of [
  ['sops.yml', all, texts],
  ['sops.json', all, texts],
  ['sops-regex.yml', some, ['dbPassword', 'database.token']],
  ['sops-only-encrypted.yml', some, ['dbPassword', 'database.token']],
] as const)
  test(`${file}: what is encrypted is a Secret, what is not is as it is written`, async t => {
    t.deepEqual(await read(file, keysOf(age)), { value, secret, said: [] })
  })

/** Reads a fixture after somebody has edited it without SOPS. */
const edited = async (t: ExecutionContext, file: string, edit: (text: string) => string): Promise<Read> => {
  const cwd = await tempDirectory(t)
  const before = (await fixture(file)).toString()
  const after = edit(before)
  t.not(after, before, 'something was edited')
  await writeFile(join(cwd, file), after)
  return read(file, keysOf({ BATON_AGE_KEY_FILE: join(folder, 'key.txt') }, undefined, cwd), cwd)
}

const line = (text: string, key: string): string => new RegExp(`^ *${key}: .*\n`, 'm').exec(text)?.[0] ?? ''
const swapped = (text: string, one: string, other: string): string => {
  const [a, b] = [line(text, one), line(text, other)]
  const value = (of: string) => of.slice(of.indexOf(':'))
  return text.replace(a, a.replace(value(a), value(b))).replace(b, b.replace(value(b), value(a)))
}

const changed = 'the encrypted value was changed, or moved here from another key | sops edit FILE, and set it again.'
const mac = 'the MAC of SOPS does not fit: a value of this file was changed, added, removed or moved without sops'

for (const [what, file, edit, said] of [
  ['a value that is not encrypted', 'sops.yml', s => s.replace('"eu-west"', '"us-east"'), mac],
  ['a value added', 'sops.yml', s => `more_unencrypted: 1\n${s}`, mac],
  ['an encrypted value removed', 'sops.yml', s => s.replace(line(s, 'password'), ''), mac],
  ['the order of keys', 'sops.yml', s => line(s, 'ratio') + s.replace(line(s, 'ratio'), ''), mac],
  ['a value in the list removed', 'sops.yml', s => s.replace(/ {4}- ENC.*\n/, ''), mac],
  [
    'the bytes of a value',
    'sops.yml',
    s => s.replace(/(password: .*data:.)(.)/, (_, a, b) => a + (b === 'A' ? 'B' : 'A')),
    changed,
  ],
  ['two values changed places', 'sops.yml', s => swapped(s, 'password', 'ratio'), changed],
  ['a tag cut short', 'sops.yml', s => s.replace(/(password: .*tag:)[^,]*/, '$1AAAA'), changed],
  [
    'a value written in plain',
    'sops.yml',
    s => s.replace(line(s, 'password'), 'password: in-plain-words\n'),
    'sops.yml:2:11: this value is not encrypted, although SOPS says that it is',
  ],
  ['when it was modified', 'sops.yml', s => s.replace('2026-01-02', '2026-01-03'), changed],
  [
    'the rule of what is encrypted',
    'sops-regex.yml',
    s => s.replace(/encrypted_regex: .*/, 'encrypted_regex: "^token$"'),
    mac,
  ],
  [
    'what the MAC is made of',
    'sops-only-encrypted.yml',
    s => s.replace('mac_only_encrypted: true', 'mac_only_encrypted: false'),
    mac,
  ],
  [
    'the data key',
    'sops.yml',
    s => s.replace(/(\n *)(\S{20})(\S+)(\n *-----END)/, '$1$2AAAA$3$4'),
    'the age file was changed, or a part of it is missing',
  ],
] as const satisfies readonly (readonly [string, string, (text: string) => string, string])[])
  test(`refused, before any host is touched: ${what} was edited without SOPS`, async t => {
    const found = await edited(t, file, edit)
    t.is(found.value, undefined)
    t.true(found.said[0]?.includes(said), found.said.join('\n'))
    t.regex(found.said[0] ?? '', /^sops\S*:\d+:\d+: /)
  })

test('what the MAC does not cover may be edited where only encrypted values count', async t => {
  const found = await edited(t, 'sops-only-encrypted.yml', s => s.replace('size: 3', 'size: 4'))
  t.deepEqual(found.said, [])
})

for (const [what, edit, said] of [
  [
    'no age recipient',
    s =>
      s.replace(/ {4}age:\n[\s\S]*?( {4}lastmodified)/, '    pgp:\n        - fp: X\n$1').replace('    pgp: []\n', ''),
    'this file has no age recipient, only pgp',
  ],
  [
    'two rules',
    s => s.replace(/unencrypted_suffix: .*/, 'unencrypted_suffix: _u\n    encrypted_regex: x'),
    'the SOPS metadata has both unencrypted_suffix and encrypted_regex; expected one of them',
  ],
  [
    'a rule on comments',
    s => s.replace(/unencrypted_suffix: .*/, 'encrypted_comment_regex: x'),
    'encrypted_comment_regex of SOPS is not supported',
  ],
  [
    'shares of a key',
    s => s.replace(/unencrypted_suffix: .*/, 'shamir_threshold: 2'),
    'key groups of SOPS (shares of a key) are not supported',
  ],
  ['a part missing', s => s.replace(/ {4}lastmodified.*\n/, ''), 'the SOPS metadata is incomplete: sops.lastmodified'],
] as const satisfies readonly (readonly [string, (text: string) => string, string])[])
  test(`what cannot be read is said: ${what}`, async t => {
    const found = await edited(t, 'sops.yml', edit)
    t.is(found.value, undefined)
    t.true(found.said[0]?.includes(said), found.said.join('\n'))
  })

test('whom the file is for, and which keys there are', async t => {
  const keyOf = async (file: string) => /age1\w+/.exec((await fixture(file)).toString())?.[0]
  const [mine, theirs] = [await keyOf('other-key.txt'), await keyOf('key.txt')]
  const [said = ''] = (await read('sops.yml', keysOf({ SOPS_AGE_KEY_FILE: 'other-key.txt' }))).said
  t.true(said.includes(`this file is for ${theirs}; none of the keys is one of them: ${mine} (SOPS_AGE_KEY_FILE`), said)
  const [without = ''] = (await read('sops.yml', keysOf())).said
  t.true(without.includes(`this file is for ${theirs}, and there is no key of age to open it with`), without)
})
