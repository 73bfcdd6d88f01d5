import test from 'ava'
import { content } from '../../../lib/facts/content.ts'
import { path } from '../../../lib/facts/path.ts'
import { loaded } from '../../../lib/facts/postgres/loaded.ts'
import { hbaRules } from '../../../lib/tasks/postgres/hba-rules.ts'
import { planned } from '../../helpers/check-task.ts'
import { answer, fakeFacts } from '../../helpers/fake-facts.ts'

const file = '/etc/postgresql/17/main/pg_hba.conf'
const before = '# comment\nlocal all all peer\nhost all all 0.0.0.0/0 reject\n'
const block = '# BEGIN x\nhost\treplication\tsync\t198.51.100.3/32\tscram-sha-256\n# END x\n'
const facts = (text: string, state: { loaded: boolean; errors: string[] } | { unavailable: string }) =>
  fakeFacts([
    answer(path(file), { type: 'file', mode: '0640', owner: 'postgres', group: 'postgres' }),
    answer(content(file), { size: text.length, bytes: Buffer.from(text) }),
    answer(loaded({ port: 5432, file }), state),
  ])
const rules = [{ database: 'replication', user: 'sync', address: '198.51.100.3/32' }]
const task = hbaRules({ version: '17', name: 'x', rules })
const [edit, reload] = [`edit ${file}`, `make PostgreSQL read ${file}`]
const fine = { loaded: true, errors: [] as string[] }

test('new: before every other rule, and read by the server', async t => {
  const [write] = await planned(t, task, facts(before, fine), [edit, reload])
  t.is(Buffer.from(write?.command.stdin as Uint8Array).toString(), block + before)
})
test('there and read: nothing', async t => void (await planned(t, task, facts(block + before, fine), [])))
test('there and not read: read', async t =>
  void (await planned(t, task, facts(block + before, { ...fine, loaded: false }), [reload])))
test('a server that does not run reads it later', async t =>
  void (await planned(t, task, facts(before, { unavailable: 'no server' }), [edit])))
test('a configuration that is wrong already is not made longer', async t => {
  await t.throwsAsync(task.plan(facts(before, { loaded: true, errors: ['line 3: invalid IP mask'] })), {
    message: /line 3: invalid IP mask/,
  })
})
test('an address without prefix, or a user that is a keyword or a pattern, is a mistake in the playbook', t => {
  for (const rule of [{ address: '198.51.100.3' }, { user: '+admins' }, { user: '"all"' }, { database: 'a b' }])
    t.throws(() => hbaRules({ version: '17', name: 'x', rules: [{ ...rules[0]!, ...rule }] }))
})
