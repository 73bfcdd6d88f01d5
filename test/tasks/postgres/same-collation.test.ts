import test from 'ava'
import { collation } from '../../../lib/facts/postgres/collation.ts'
import { sameCollation } from '../../../lib/tasks/postgres/same-collation.ts'
import { answer, fakeFacts } from '../../helpers/fake-facts.ts'

type Answer = { version: string | undefined } | { unavailable: string }
const fact = collation({ port: 5432, of: 'artifactory' })
const facts = (here: Answer, there: Answer = { version: '2.41' }) =>
  fakeFacts([answer(fact, here)], { active: { ...fakeFacts([answer(fact, there)]), host: 'node1' } })
const task = (version = '17') => sameCollation({ version, database: 'artifactory', from: 'active' })

test('the same version: nothing', async t => t.deepEqual(await task().plan(facts({ version: '2.41' })), []))
test('no library on both: nothing', async t =>
  t.deepEqual(await task().plan(facts({ version: undefined }, { version: undefined })), []))
test('a server that cannot say is not asked', async t => t.deepEqual(await task('14').plan(fakeFacts([])), []))
test('another version: refused', async t => {
  await t.throwsAsync(task().plan(facts({ version: '2.36' })), {
    message: 'h1 sorts text by version 2.36 of its library, node1 by 2.41: indexes of the copy would be wrong',
  })
})
test('a server that is not there yet: unknown', async t => {
  await t.throwsAsync(task().plan(facts({ unavailable: 'no server' })), { message: /is not known before/ })
})
