import { chmod, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Encrypter } from 'age-encryption'
import test from 'ava'
import { tempDirectory } from '../../helpers/temp-directory.ts'
import { age, answering, fixture, folder, keysOf, read, vault, whole } from '../fixtures.ts'

const texts = ['password', 'many[0]', 'many[1]', 'empty']

for (const [file, env] of [
  ['armored.yml.age', age],
  ['binary.yml.age', age],
  ['vault.yml', vault],
  ['vault-with-id.yml', vault],
  ['vault.yml', { BATON_VAULT_PASSWORD: 'vault-fixture-passw0rd' }],
  ['vault-with-id.yml', { ANSIBLE_VAULT_IDENTITY_LIST: 'prod@/nonexistent,dev@vault-password' }],
] as const)
  test(`${file} is opened by ${Object.keys(env).join()}, and its texts are Secrets`, async t => {
    t.deepEqual(await read(file, keysOf(env)), { value: whole, secret: texts, said: [] })
  })

test('keys of age come from everywhere that SOPS looks, and from a program', async t => {
  const home = await tempDirectory(t)
  const lines = (await fixture('key.txt')).toString()
  const key = lines.match(/AGE-SECRET-KEY-\S+/)?.[0] ?? ''
  await writeFile(join(home, 'k e y.txt'), lines)
  for (const env of [
    { BATON_AGE_KEY: key },
    { SOPS_AGE_KEY: `# a comment\n${key}` },
    { SOPS_AGE_KEY_FILE: 'key.txt' },
    { BATON_AGE_KEY_COMMAND: `cat "${home}/k e y.txt"` },
    { SOPS_AGE_KEY_CMD: `cat '${home}/k e y.txt'` },
    { BATON_AGE_KEY_FILE: 'other-key.txt', BATON_AGE_KEY: key },
  ])
    t.deepEqual((await read('armored.yml.age', keysOf({ PATH: process.env.PATH ?? '', ...env }))).said, [])
})

const ways = 'Set BATON_AGE_KEY_FILE to a file of age-keygen, or BATON_AGE_KEY_COMMAND to what prints the key.'

for (const [what, file, env, said] of [
  [
    'no key',
    'armored.yml.age',
    {},
    `armored.yml.age:1:1: this is encrypted with age, and there is no key to open it with | ${ways}`,
  ],
  [
    'another key',
    'armored.yml.age',
    { BATON_AGE_KEY_FILE: 'other-key.txt' },
    `armored.yml.age:1:1: none of the keys opens it: OTHER (BATON_AGE_KEY_FILE (other-key.txt)); it is for recipients of the kind X25519 | ${ways} Or let somebody who can open it encrypt it for you too.`,
  ],
  [
    'a file of keys that is not there',
    'armored.yml.age',
    { BATON_AGE_KEY_FILE: 'nope.txt' },
    'armored.yml.age:1:1: BATON_AGE_KEY_FILE: nope.txt cannot be read: ENOENT',
  ],
  [
    'something else than a key',
    'armored.yml.age',
    { BATON_AGE_KEY: 'hunter2hunter2' },
    'armored.yml.age:1:1: BATON_AGE_KEY has a line that is no key of age | Expected AGE-SECRET-KEY-1..., as age-keygen writes it.',
  ],
  [
    'a plugin',
    'armored.yml.age',
    { BATON_AGE_KEY: 'AGE-PLUGIN-YUBIKEY-1QQQ' },
    'armored.yml.age:1:1: BATON_AGE_KEY has a key of an age plugin, and plugins are not supported | Add a recipient of age-keygen.',
  ],
  [
    'a program that fails',
    'armored.yml.age',
    { BATON_AGE_KEY_COMMAND: '/bin/cat /nonexistent/x' },
    'armored.yml.age:1:1: BATON_AGE_KEY_COMMAND: /bin/cat failed: /bin/cat: /nonexistent/x: No such file or directory | Run it by hand: /bin/cat /nonexistent/x',
  ],
  [
    'a program that is not there',
    'armored.yml.age',
    { BATON_AGE_KEY_COMMAND: 'no-such-program-at-all; echo x' },
    'armored.yml.age:1:1: BATON_AGE_KEY_COMMAND: no-such-program-at-all; cannot be run: ENOENT | Run it by hand: no-such-program-at-all; echo x',
  ],
  [
    'no password',
    'vault-with-id.yml',
    {},
    'vault-with-id.yml:1:1: this is encrypted with ansible-vault, vault id dev, and there is no password | Set ANSIBLE_VAULT_PASSWORD_FILE to a file that holds or prints it, or BATON_VAULT_PASSWORD.',
  ],
  [
    'a wrong password',
    'vault.yml',
    { BATON_VAULT_PASSWORD: 'wrong-password' },
    'vault.yml:1:1: the password is wrong, or the text was changed; tried: BATON_VAULT_PASSWORD | ansible-vault view with the same password tells which.',
  ],
] as const)
  test(`said with its place and a way out: ${what}`, async t => {
    const found = await read(file, keysOf(env))
    t.deepEqual(found, { value: undefined, secret: [], said: [said.replace('OTHER', await otherRecipient())] })
  })

const otherRecipient = async (): Promise<string> =>
  (await fixture('other-key.txt')).toString().match(/age1\w+/)?.[0] ?? 'no recipient'

test('a file that was changed anywhere is not opened, and not a word of it is given back', async t => {
  const cwd = await tempDirectory(t)
  for (const [file, env] of [
    ['binary.yml.age', { BATON_AGE_KEY_FILE: join(folder, 'key.txt') }],
    ['vault.yml', { ANSIBLE_VAULT_PASSWORD_FILE: join(folder, 'vault-password') }],
  ] as const) {
    const bytes = await fixture(file)
    for (const at of [0.55, 0.7, 0.85, 0.99]) {
      const changed = Buffer.from(bytes)
      const i = Math.floor(changed.length * at) - 1
      changed[i] = changed[i] === 0x61 ? 0x62 : 0x61
      await writeFile(join(cwd, file), changed)
      const { value, said } = await read(file, keysOf(env, undefined, cwd), cwd)
      t.is(value, undefined)
      t.is(said.length, 1)
      t.regex(said[0] ?? '', /was changed|not what ansible-vault writes|none of the keys opens it/, `${file} ${at}`)
    }
    await writeFile(join(cwd, file), bytes.subarray(0, bytes.length - 20))
    t.is((await read(file, keysOf(env, undefined, cwd), cwd)).value, undefined)
  }
})

test('a passphrase is asked for, on a terminal only', async t => {
  const cwd = await tempDirectory(t)
  const encrypter = new Encrypter()
  encrypter.setPassphrase('open-sesame')
  encrypter.setScryptWorkFactor(10)
  await writeFile(join(cwd, 'p.yml'), await encrypter.encrypt('x: from-a-passphrase\n'))
  const found = await read('p.yml', keysOf({}, answering('passphrase of p.yml=open-sesame')), cwd)
  t.deepEqual(found, { value: { x: 'from-a-passphrase' }, secret: ['x'], said: [] })
  t.deepEqual((await read('p.yml', keysOf({}, answering('passphrase of p.yml=wrong')), cwd)).said, [
    'p.yml:1:1: the passphrase of p.yml is wrong',
  ])
  t.deepEqual((await read('p.yml', keysOf(), cwd)).said, [
    'p.yml:1:1: p.yml is encrypted with a passphrase, and there is no terminal to ask for it | Encrypt it for a key: age -r age1...',
  ])
})

test('the password of a vault is asked for once, by its id', async t => {
  let asked = 0
  const ask = answering('password of ansible-vault, vault id dev=vault-fixture-passw0rd')
  const keys = keysOf({}, async what => {
    asked++
    return ask(what)
  })
  for (let i = 0; i < 2; i++) t.deepEqual((await read('vault-with-id.yml', keys)).said, [])
  t.is(asked, 1)
})

test('a password file that is a program is run, and a client is told the vault id', async t => {
  const cwd = await tempDirectory(t)
  const program = join(cwd, 'vault-client.sh')
  await writeFile(program, '#!/bin/sh\n[ "$1 $2" = "--vault-id dev" ] && echo vault-fixture-passw0rd\n')
  await chmod(program, 0o755)
  const keys = keysOf({ PATH: process.env.PATH ?? '', ANSIBLE_VAULT_IDENTITY_LIST: `dev@${program}` })
  t.deepEqual((await read('vault-with-id.yml', keys)).said, [])
})

test('no message quotes what a file says once it is decrypted, and its lines are those of the text', async t => {
  const cwd = await tempDirectory(t)
  const encrypter = new Encrypter()
  const recipient = (await fixture('key.txt')).toString().match(/age1\w+/)?.[0] ?? ''
  encrypter.addRecipient(recipient)
  const keys = () => keysOf({ BATON_AGE_KEY_FILE: join(folder, 'key.txt') }, undefined, cwd)
  for (const [text, said] of [
    ['a: !canary-tag x\nb: *canary-alias\n', ['the tag [secret] is', 'there is no anchor &[secret] above']],
    ['a: [canary-one\nb: canary-two\n', ['not valid YAML: ']],
  ] as const) {
    await writeFile(join(cwd, 'x.yml.age'), await encrypter.encrypt(text))
    const found = (await read('x.yml.age', keys(), cwd)).said
    t.notRegex(found.join('\n'), /canary/)
    for (const words of said)
      t.true(
        found.some(line => line.includes(words)),
        found.join('\n'),
      )
    t.regex(found[0] ?? '', /^x\.yml\.age \(decrypted\):\d+:\d+: /)
  }
})
