import test from 'ava'
import { z } from 'zod'
import type { Ref } from '../../../lib/dsl/ref.ts'
import { defineTask } from '../../../lib/dsl/task.ts'
import type { Event } from '../../../lib/event.ts'
import { Past } from '../../../lib/journal/earlier.ts'
import { type Played, playHere } from '../../helpers/play-here.ts'
import { debts, endOf, notebook } from './notebook.ts'

const past = ({ events }: Played, resume: boolean) =>
  new Past(
    events.map((event: Event) => ({ time: '2026-01-01T00:00:00.000Z', event })),
    { resume },
  )

test('what a failed run owes to a handler, the next run pays, once', async t => {
  const { note, fail, lines } = notebook(t)
  const handler = note('handler')
  const first = await playHere([['g', [note('work', { notify: handler }), fail('bad')]]])
  // Nothing is changed any more, and the handler is due all the same.
  const idle = [note('work', { when: false, notify: handler })]
  const second = await playHere([['g', idle]], { earlier: past(first, false) })
  t.deepEqual(lines(), ['work', 'bad', 'handler'])
  t.deepEqual(debts(second), ['handler owed', 'handler paid'])
  await playHere([['g', idle]], { earlier: past(second, false) })
  t.is(lines().filter(l => l === 'handler').length, 1)
})

test('of a flush that failed, only what did not run well is still owed', async t => {
  const { note, fail, lines } = notebook(t)
  const handlers = [note('good'), fail('bad'), note('behind')]
  const first = await playHere([['g', [note('work', { notify: handlers })]]])
  const second = await playHere([['g', [note('work', { when: false, notify: handlers })]]], {
    earlier: past(first, false),
  })
  t.deepEqual(lines(), ['work', 'good', 'bad', 'bad'])
  t.is(second.summary.exitCode, 2)
})

test('resumed: what ran once, and what was delegated, is not done again, and its value is there with its code', async t => {
  const { note, fail, lines } = notebook(t)
  const hosts = ['h1', 'h2']
  const once = fail('once', { runOnce: 'run', failedWhen: ({ code }) => code !== 3 })
  const there = note('there', { delegateTo: 'h2' })
  const seen = note('seen', {
    when: facts => facts.value(once.value).code === 3 && facts.value(there.value).stdout === 'there',
  })
  const plays = (bad: boolean) =>
    [
      ['g', [once]],
      ['h1', [there]],
      ['h1', [...(bad ? [fail('bad')] : []), seen]],
    ] as const
  const first = await playHere(plays(true), { hosts })
  t.deepEqual(lines(), ['once', 'there', 'bad'])
  const second = await playHere(plays(false), { hosts, earlier: past(first, true), resume: true })
  t.is(second.summary.exitCode, 0)
  t.deepEqual(lines(), ['once', 'there', 'bad', 'seen'])
  t.is(endOf(second, 'once').reason, 'done before the run was resumed')
})

test('resumed: an action that had failed by its failedWhen is done again', async t => {
  const { note, lines } = notebook(t)
  const odd = (bad: boolean) => note('odd', { failedWhen: () => bad })
  const first = await playHere([['g', [odd(true)]]])
  const second = await playHere([['g', [odd(true)]]], { earlier: past(first, true), resume: true })
  t.deepEqual(lines(), ['odd', 'odd'])
  t.is(second.summary.exitCode, 2)
})

test('a task that asks for a value is known by the same key, however many tasks were made before it', t => {
  const { note } = notebook(t)
  const asks = defineTask({
    name: 'asks',
    params: z.strictObject({ of: z.custom<Ref<unknown>>() }),
    title: () => 'asks',
    plan: () => [],
  })
  const [first, other] = [asks({ of: note('a').value }), asks({ of: note('b').value })]
  t.is(asks({ of: note('a').value }).identity, first.identity)
  t.not(other.identity, first.identity)
})
