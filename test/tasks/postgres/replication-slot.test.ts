import test from 'ava'
import { slot } from '../../../lib/facts/postgres/slot.ts'
import { replicationSlot } from '../../../lib/tasks/postgres/replication-slot.ts'
import { planned } from '../../helpers/check-task.ts'
import { answer, fakeFacts } from '../../helpers/fake-facts.ts'

const task = replicationSlot({ name: 's' })
const facts = (now: unknown) => fakeFacts([answer(slot({ port: 5432, name: 's' }), now as { unavailable: string })])

test('absent: made', async t => void (await planned(t, task, facts({ exists: false }), ['create physical slot s'])))
for (const wal of ['reserved', 'extended', null])
  test(`there, ${wal}: nothing`, async t =>
    void (await planned(t, task, facts({ exists: true, type: 'physical', wal }), [])))

for (const [now, message] of [
  [{ exists: true, type: 'physical', wal: 'lost' }, /has lost WAL that its standby needs/],
  [{ exists: true, type: 'physical', wal: 'unreserved' }, /has lost WAL/],
  [{ exists: true, type: 'logical', wal: 'reserved' }, /is a logical one/],
  [{ unavailable: 'no server' }, /no server/],
] as const)
  test(`not good: ${JSON.stringify(now)}`, async t => {
    await t.throwsAsync(task.plan(facts(now)), { message })
  })
