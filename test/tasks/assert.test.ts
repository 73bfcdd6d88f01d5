import test from 'ava'
import { Unknown } from '../../lib/dsl/facts.ts'
import { assert } from '../../lib/tasks/assert.ts'
import { fakeFacts } from '../helpers/fake-facts.ts'

const facts = fakeFacts([])
const refusal = 'this host cannot be the standby'

test('what holds changes nothing', async t => {
  t.deepEqual(await assert({ that: async () => true, refusal }).plan(facts), [])
  t.deepEqual(await assert({ that: async ({ host }) => host === 'h1' || 'wrong host', refusal }).plan(facts), [])
})

test('what does not hold is refused, with why and what to do', async t => {
  const task = assert({ that: async () => 'it has 3 GiB, the active has 5', refusal, hint: 'Give it a larger disk.' })
  await t.throwsAsync(task.plan(facts), { name: 'Refusal', message: `${refusal}: it has 3 GiB, the active has 5` })
  const error = await t.throwsAsync(task.plan(facts))
  t.like(error, { hint: 'Give it a larger disk.' })
})

test('a forgotten return is not a yes', async t => {
  const forgotten = (async () => undefined) as unknown as () => Promise<true>
  await t.throwsAsync(assert({ that: forgotten, refusal }).plan(facts), { message: /gave undefined/ })
  await t.throwsAsync(assert({ that: async () => '', refusal }).plan(facts), { name: 'Refusal' })
})

test('what is not known yet stays unknown', async t => {
  const that = async () => {
    throw new Unknown('the version', 'install artifactory')
  }
  await t.throwsAsync(assert({ that, refusal }).plan(facts), { instanceOf: Unknown })
})
