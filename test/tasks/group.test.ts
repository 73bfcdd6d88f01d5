import test from 'ava'
import { type GroupState, group as groupFact } from '../../lib/facts/group.ts'
import { group } from '../../lib/tasks/group.ts'
import { planned } from '../helpers/check-task.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'

const factsWith = (now: GroupState) => fakeFacts([answer(groupFact('art'), now)])
const there = { exists: true, gid: 1030 } as const
const absent = { exists: false } as const

test('absent: created', async t => {
  const [change] = await planned(t, group({ name: 'art', gid: 1030, system: true }), factsWith(absent), [
    'create group art',
  ])
  t.deepEqual(change?.command.args, ['--system', '--gid', '1030', '--', 'art'])
})

test('there: nothing, with and without a number', async t => {
  await planned(t, group({ name: 'art' }), factsWith(there), [])
  await planned(t, group({ name: 'art', gid: 1030 }), factsWith(there), [])
})

test('removed, and gone', async t => {
  await planned(t, group({ name: 'art', state: 'absent' }), factsWith(there), ['remove group art'])
  await planned(t, group({ name: 'art', state: 'absent' }), factsWith(absent), [])
})

test('another number is refused', async t => {
  await t.throwsAsync(group({ name: 'art', gid: 5 }).plan(factsWith(there)), { message: /has the number 1030, not 5/ })
})

test('an absent group has no number', t => {
  t.throws(() => group({ name: 'art', state: 'absent', gid: 5 }), { message: /has no gid/ })
})
