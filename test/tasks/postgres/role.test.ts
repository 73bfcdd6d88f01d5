import test from 'ava'
import { secretFile } from '../../../lib/facts/artifactory/secret-file.ts'
import { type RoleState, role as roleFact } from '../../../lib/facts/postgres/role.ts'
import { Secret } from '../../../lib/secret.ts'
import { formatPassfile } from '../../../lib/tasks/postgres/passfile-format.ts'
import { role } from '../../../lib/tasks/postgres/role.ts'
import { scramVerifier } from '../../../lib/tasks/postgres/scram.ts'
import { planned } from '../../helpers/check-task.ts'
import { answer, fakeFacts } from '../../helpers/fake-facts.ts'

const execute = ['pg_create_restore_point(text)']
const [first, kept] = [new Secret('first-password'), new Secret('kept-password')]
const sound = { exists: true, login: true, replication: true, execute: true } as const
const passfile = formatPassfile([{ host: 'a', port: 1, database: 'replication', user: 'sync' }], kept)

const facts = (now: RoleState | { unavailable: string }, secret?: Secret) =>
  fakeFacts([answer(roleFact({ port: 5432, name: 'sync', execute }), now)], {
    standby: fakeFacts([answer(secretFile('/passfile'), { secret })]),
  })
const task = role({
  name: 'sync',
  replication: true,
  execute,
  password: first,
  keptIn: { host: 'standby', passfile: '/passfile' },
})

test('absent: created, with the first password, which nothing shows', async t => {
  const [create] = await planned(t, task, facts({ exists: false }), ['create role sync'])
  t.false(JSON.stringify(create).includes('first-password'))
  const stdin = create?.command.stdin
  t.true(stdin instanceof Secret && /PASSWORD E'SCRAM-SHA-256\$/.test(stdin.reveal()))
  t.false(stdin instanceof Secret && stdin.reveal().includes('first-password'), 'not even the server gets it')
})
test('as it should be, with the password that the standby keeps: nothing', async t =>
  void (await planned(t, task, facts({ ...sound, verifier: scramVerifier(kept) }, passfile), [])))
test('another password than the standby keeps: altered', async t =>
  void (await planned(t, task, facts({ ...sound, verifier: scramVerifier(first) }, passfile), ['alter role sync'])))
test('a right is missing: altered, and the password stays', async t => {
  const [alter] = await planned(t, task, facts({ ...sound, execute: false, verifier: scramVerifier(kept) }, passfile), [
    'alter role sync',
  ])
  const stdin = alter?.command.stdin
  t.false(stdin instanceof Secret && stdin.reveal().includes('PASSWORD'))
})
test('a server that does not answer is unknown, not absent', async t => {
  await t.throwsAsync(task.plan(facts({ unavailable: 'connection refused' })), { message: /connection refused/ })
})
