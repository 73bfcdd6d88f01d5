import test from 'ava'
import { flushHandlers } from '../../../lib/dsl/item.ts'
import { handlerDigest } from '../../../lib/engine/step.ts'
import type { Event } from '../../../lib/event.ts'
import { Past } from '../../../lib/journal/earlier.ts'
import { type Played, playHere } from '../../helpers/play-here.ts'
import { ShConnection } from '../../helpers/sh-connection.ts'
import { notebook, notices } from './notebook.ts'

const past = (events: readonly Event[], resume = false) =>
  new Past(
    events.map(event => ({ time: '2026-01-01T00:00:00.000Z', event })),
    { resume },
  )
const owedBy = ({ events }: Played) =>
  past(events)
    .debts()
    .map(({ title }) => title)

test("what is owed to a handler's handler is paid", async t => {
  const { note, lines } = notebook(t)
  const second = note('second', { failedWhen: () => lines().length < 4 })
  const tasks = (when: boolean) => [note('work', { when, notify: note('first', { notify: second }) })]
  const failed = await playHere([['g', tasks(true)]])
  t.deepEqual(owedBy(failed), ['second'])
  const next = await playHere([['g', tasks(false)]], { earlier: past(failed.events) })
  t.deepEqual(lines(), ['work', 'first', 'second', 'second'])
  t.deepEqual(owedBy(next), [])
})

test('tags and a later start forget no debt, and it is said', async t => {
  const { note, fail, lines } = notebook(t)
  const web = fail('restart web', { failedWhen: () => lines().length < 4 })
  const tasks = (when: boolean) => [
    note('web', { tags: ['web'], when, notify: web }),
    note('other', { tags: ['other'], when }),
  ]
  const first = await playHere([['g', tasks(true)]])
  t.deepEqual(owedBy(first), ['restart web'])
  const selections = [{ tags: ['other'] }, { skipTags: ['web'] }, { startAt: 'other' }]
  let before = first
  for (const selection of selections) {
    before = await playHere([['g', tasks(false)]], { selection, earlier: past(before.events) })
    t.deepEqual(owedBy(before), ['restart web'], JSON.stringify(selection))
    t.true(notices(before).includes('"restart web" stays owed: nothing that notifies it took part'))
  }
  await playHere([['g', [note('fill')]]])
  const last = await playHere([['g', tasks(false)]], { earlier: past(before.events) })
  t.is(lines().filter(line => line === 'restart web').length, 2)
  t.deepEqual(owedBy(last), [])
})

test('what the playbook does not have any more is given up, and that is said', async t => {
  const { note, fail } = notebook(t)
  const first = await playHere([['g', [note('work', { notify: fail('gone') })]]])
  const second = await playHere([['g', [note('work')]]], { earlier: past(first.events) })
  t.true(notices(second).includes('"gone" was owed, and is no longer in the play'))
  t.deepEqual(owedBy(second), [])
})

for (const delegateTo of [undefined, 'h1'])
  test(`a handler that another of its wave notifies again is owed until it has run again (${delegateTo})`, async t => {
    const { note, fail, lines } = notebook(t)
    const restart = fail('restart', { failedWhen: () => lines().filter(line => line === 'restart').length > 1 })
    const config = note('config', { notify: restart, ...(delegateTo && { delegateTo }) })
    const played = await playHere([['h1', [note('work', { notify: [restart, config] })]]])
    t.is(played.summary.exitCode, 2)
    t.deepEqual(owedBy(played), ['restart'])
  })

test('one that was notified again for nothing is paid', async t => {
  const { note, lines } = notebook(t)
  const restart = note('restart')
  const config = note('config', { changedWhen: () => false, notify: restart })
  const played = await playHere([['g', [note('work', { notify: [restart, config] })]]])
  t.deepEqual(lines(), ['work', 'restart', 'config'])
  t.deepEqual(owedBy(played), [])
})

test('handlers that do the same elsewhere, as another, on a condition or with others behind them are several', async t => {
  const { note, lines } = notebook(t)
  const reload = (more: Parameters<typeof note>[1]) => note('reload', more)
  const notify = [
    reload({ delegateTo: 'h2' }),
    reload({ delegateTo: 'h1' }),
    reload({}),
    reload({ become: false }),
    reload({ when: () => true }),
    reload({ notify: note('behind') }),
  ]
  const played = await playHere([['h1', [note('work', { notify })]]], { hosts: ['h1', 'h2'] })
  t.is(lines().filter(line => line === 'reload').length, 6)
  t.deepEqual(owedBy(played), [])
  t.is(new Set(notify.map(handlerDigest)).size, 6)
  t.is(handlerDigest(reload({ delegateTo: 'h2' })), handlerDigest(reload({ delegateTo: 'h2' })))
})

test('what ran well is paid at its own end, and not behind its wave', async t => {
  const { note } = notebook(t)
  const events: Event[] = []
  const atSecond: (readonly string[])[] = []
  const h1 = new ShConnection('h1', {
    lostAt: command => {
      if (command.args?.includes('second'))
        atSecond.push(
          past(events)
            .debts()
            .map(d => d.title),
        )
      return false
    },
  })
  const recorder = { record: (event: Event) => void events.push(event), durable: async () => {} }
  const notify = [note('first', { delegateTo: 'h1' }), note('second', { delegateTo: 'h1' })]
  await playHere([['h1', [note('work', { notify })]]], { connections: { h1 }, recorder })
  t.deepEqual(atSecond, [['second']])
})

test('a handler is the same work in each flush, and how often it ended is counted through a resumed run', async t => {
  const { note } = notebook(t)
  const reload = note('reload')
  const tasks = [note('a', { notify: reload }), flushHandlers(), note('b', { notify: reload })]
  const played = await playHere([['g', tasks]])
  const work = `${handlerDigest(reload)}-handler`
  t.is(past(played.events, true).ends('h1', 'play 1', work), 2)
  // Ended right behind the record that pays it: that is its end.
  const paid = played.events.findIndex(e => e.type === 'handler' && e.state === 'paid')
  t.is(past(played.events.slice(0, paid), true).ends('h1', 'play 1', work), 0)
  t.is(past(played.events.slice(0, paid + 1), true).ends('h1', 'play 1', work), 1)
})
