import test from 'ava'
import { Secret } from '../../../lib/secret.ts'
import { matchesVerifier, scramVerifier } from '../../../lib/tasks/postgres/scram.ts'

// Made by PostgreSQL 15 itself: CREATE ROLE x PASSWORD 'pencil', then rolpassword from pg_authid.
const fromServer = new Secret(
  'SCRAM-SHA-256$4096:JJkYzqFWo9knSAxPjRCiPA==$S/NVQvTyWDJ3y7W6GE79YUTxwX5xOMmSrSeK0RqH0BA=:VwbofrSsoa6fUsy0IiZXdU5SiV/U6I1qBfjqUDUmIaw=',
)

test('the verifier of a server is recognised, and another password is not', t => {
  t.true(matchesVerifier(fromServer, new Secret('pencil')))
  t.false(matchesVerifier(fromServer, new Secret('pencils')))
  t.false(matchesVerifier(undefined, new Secret('pencil')))
  t.false(matchesVerifier(new Secret('md5d41d8cd98f00b204e9800998ecf8427e'), new Secret('pencil')))
})

test('a verifier of ours is the same when it is made twice, and holds no password', t => {
  const made = scramVerifier(new Secret('correct horse'))
  t.is(made.reveal(), scramVerifier(new Secret('correct horse')).reveal())
  t.true(matchesVerifier(made, new Secret('correct horse')))
  t.regex(made.reveal(), /^SCRAM-SHA-256\$4096:[A-Za-z0-9+/]{22}==\$[A-Za-z0-9+/]{43}=:[A-Za-z0-9+/]{43}=$/)
})

test('a password that would need normalising is refused', t => {
  t.throws(() => scramVerifier(new Secret('pässword')), { message: /printable ASCII/ })
})
