import test from 'ava'
import type { Event } from '../../lib/event.ts'
import { Past } from '../../lib/journal/earlier.ts'

const begun: Event = { type: 'run', run: 'r1', playbook: 'p', mode: 'apply', hosts: ['h'], time: 'now' }
const handler = (task: string, state: 'owed' | 'paid' | 'dropped', host = 'h'): Event => ({
  type: 'handler',
  host,
  play: 'p',
  task,
  title: `restart ${task}`,
  state,
})
const ended = (key: string, outcome: 'changed' | 'failed' | 'skipped' | 'unknown' | 'ok'): Event => ({
  ...{ type: 'task', state: 'ended', host: 'h', play: 'p', index: 0, key, title: key, handler: false, action: true },
  ...{ at: { file: 'f', line: 1, column: 1 }, outcome, changes: [], durationMs: 0 },
})
const handed = (task: string): Event => ({ type: 'handed', host: 'h', play: 'p', task, stdout: 'out', stderr: '' })
const past = (events: readonly Event[], resume = true) =>
  new Past(
    [begun, ...events].map((event, i) => ({ time: new Date(1000 * i).toISOString(), event })),
    { resume },
  )

test('a handler is owed from before its change was sent until it is paid, or was not notified', t => {
  const debts = past([
    handler('a', 'owed'),
    handler('b', 'owed'),
    handler('a', 'paid'),
    handler('c', 'owed'),
    handler('c', 'dropped'),
  ])
  t.deepEqual(
    debts.owed('h', 'p').map(d => d.task),
    ['b'],
  )
  t.deepEqual(past([handler('a', 'owed', 'other')]).owed('h', 'p'), [])
  t.is(past([handler('a', 'paid'), handler('a', 'owed')]).owed('h', 'p').length, 1, 'notified again')
})

test('an action that handed something on is done, unless that turned out to be wrong', t => {
  t.like(past([handed('k'), ended('k', 'changed')]).handed('h', 'p', 'k'), { stdout: 'out' })
  t.like(past([handed('k')]).handed('h', 'p', 'k'), { stdout: 'out' }, 'nobody saw the report, but it has run')
  t.is(past([handed('k'), ended('k', 'failed')]).handed('h', 'p', 'k'), undefined)
  t.is(past([]).handed('h', 'p', 'k'), undefined)
})

test('only what was seen to end counts as an end', t => {
  const counted = past([ended('k', 'failed'), ended('k', 'unknown'), ended('k', 'skipped'), ended('k', 'changed')])
  t.is(counted.ends('h', 'p', 'k'), 2)
  t.is(counted.ends('h', 'p', 'other'), 0)
})

test('a run that is not resumed owes its debts, and knows nothing else', t => {
  const rolling: Event = { type: 'rolling', play: 'p', host: 'h', batch: 1, batches: 1, state: 'done' }
  const events = [handed('k'), ended('k', 'changed'), handler('a', 'owed'), rolling]
  const plain = past(events, false)
  t.is(plain.handed('h', 'p', 'k'), undefined)
  t.is(plain.ends('h', 'p', 'k'), 0)
  t.is(plain.rolling('p').size, 0)
  t.is(plain.debts().length, 1)
  t.is(past(events).rolling('p').get('h'), 'done')
})

test('when a job was sent is known by its name', t => {
  const sent: Event = {
    type: 'sent',
    host: 'h',
    play: 'p',
    changes: [{ index: 0, title: 't', summary: 's', job: 'j-1' }],
  }
  t.is(past([sent]).sentAtMs('h', 'j-1'), 1000)
  t.is(past([sent]).sentAtMs('other', 'j-1'), undefined)
})
