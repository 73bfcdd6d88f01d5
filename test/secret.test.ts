import { inspect } from 'node:util'
import test from 'ava'
import { maskSecrets, Secret } from '../lib/secret.ts'

for (const [kind, secret] of [
  ['a secret', new Secret('tops3cret')],
  ['a document', Secret.document('shared:\n  database:\n    password: tops3cret\n')],
  ['what a host has', Secret.found('0123456789abcdef')],
] as const)
  test(`${kind} is not shown by whoever shows it`, t => {
    t.deepEqual(
      [`${secret}`, JSON.stringify([secret]), inspect(secret), String(secret)],
      ['[secret]', '["[secret]"]', '[secret]', '[secret]'],
    )
    t.notRegex(inspect(secret, { showHidden: true, depth: 9 }), /s3cret|abcdef/)
  })

test('each line of a secret is masked, because output comes line by line', t => {
  new Secret('the first line\nits second: one\n')
  t.is(maskSecrets('x the first line'), 'x [secret]')
  t.is(maskSecrets('  its second: one'), '  [secret]')
})

test('the lines of a document are masked nowhere, the secrets in it are', t => {
  const password = new Secret('of-the-database')
  Secret.document(`shared:\n  database:\n    type: postgresql\n    password: ${password.reveal()}\n`)
  t.is(maskSecrets('  database:\n    type: postgresql'), '  database:\n    type: postgresql')
  t.is(maskSecrets('    password: of-the-database'), '    password: [secret]')
})

test('no host can make words of the report disappear', t => {
  for (const said of ['failed', 'unreachable', 'changed\nunreachable\nstandby-node-1', 'password', '            ']) {
    t.is(Secret.found(said).reveal(), said)
    t.is(maskSecrets(`h1 ${said} t`), `h1 ${said} t`)
  }
})

test('what a host has that looks like a key is masked', t => {
  Secret.found('9f8e7d6c5b4a39281706\n')
  t.is(maskSecrets('key 9f8e7d6c5b4a39281706'), 'key [secret]')
})
