import test from 'ava'
import { block, flushHandlers } from '../../../lib/dsl/item.ts'
import { playHere } from '../../helpers/play-here.ts'
import { ShConnection } from '../../helpers/sh-connection.ts'
import { debts, endOf, notebook } from './notebook.ts'

const check = { mode: 'check' } as const

test('a flush runs what was notified so far, and the end runs what was notified since', async t => {
  const { note, lines } = notebook(t)
  const reload = note('reload')
  const tasks = [note('a', { notify: reload }), flushHandlers(), note('b', { notify: reload }), note('c')]
  const played = await playHere([['g', tasks]])
  t.deepEqual(lines(), ['a', 'reload', 'b', 'c', 'reload'])
  t.deepEqual(debts(played), ['reload owed', 'reload paid', 'reload owed', 'reload paid'])
})

test('a flush of nothing does nothing, and a handler that ran in it does not run again', async t => {
  const { note, lines } = notebook(t)
  const tasks = [flushHandlers(), note('a', { notify: note('reload') }), flushHandlers(), flushHandlers(), note('b')]
  await playHere([['g', tasks]])
  t.deepEqual(lines(), ['a', 'reload', 'b'])
})

test('a check predicts handlers and flushes, and runs none', async t => {
  const { note, lines } = notebook(t)
  const chain = note('first', { notify: note('second') })
  const played = await playHere([['g', [note('a', { notify: chain }), flushHandlers(), note('b')]]], check)
  t.deepEqual(played.ends, ['h1 changed a', 'h1 changed first', 'h1 changed second', 'h1 changed b'])
  t.deepEqual(lines(), [])
  t.deepEqual(debts(played), [])
})

test('a handler may notify another, in a flush and at the end', async t => {
  const { note, lines } = notebook(t)
  const chain = note('first', { notify: note('second') })
  await playHere([['g', [note('a', { notify: chain }), flushHandlers(), note('b', { notify: chain })]]])
  t.deepEqual(lines(), ['a', 'first', 'second', 'b', 'first', 'second'])
})

test('each handler keeps to its own options: one that may fail does not excuse its neighbour', async t => {
  const { note, fail, lines } = notebook(t)
  const notify = [fail('may fail', { ignoreFailure: true }), fail('must not'), note('last')]
  const played = await playHere([['g', [note('a', { notify })]]])
  t.deepEqual(lines(), ['a', 'may fail', 'must not'])
  t.is(endOf(played, 'may fail').ignored, true)
  t.is(endOf(played, 'must not').ignored, undefined)
  t.is(played.summary.exitCode, 2)
})

test('handlers with retries, on another host and under a condition do what they say', async t => {
  const { note, fail, lines } = notebook(t)
  const again = fail('again', { ignoreFailure: true, retries: { attempts: 3, delaySeconds: 0 } })
  const notify = [again, note('elsewhere', { delegateTo: 'h2' }), note('never', { when: () => false }), note('plain')]
  const played = await playHere([['h1', [note('a', { notify })]]], { hosts: ['h1', 'h2'] })
  t.deepEqual(lines(), ['a', 'again', 'again', 'again', 'elsewhere', 'plain'])
  t.is(endOf(played, 'again').attempts, 3)
  t.is(endOf(played, 'elsewhere (on h2)').outcome, 'changed')
  t.is(played.summary.exitCode, 0)
})

test('of two handlers of which the second fails, only the second is owed', async t => {
  const { note, fail } = notebook(t)
  const played = await playHere([['g', [note('a', { notify: [note('good'), fail('bad'), note('behind')] })]]])
  t.deepEqual(debts(played), ['good owed', 'bad owed', 'behind owed', 'good paid'])
})

test('a handler that was notified before a failure is owed; so is one of what nobody saw the end of', async t => {
  const { note, fail, lines } = notebook(t)
  const failed = await playHere([['g', [note('a', { notify: note('reload') }), fail('bad')]]])
  t.deepEqual(debts(failed), ['reload owed'])
  const h1 = new ShConnection('h1', { lostAt: c => c.args?.includes('b') ?? false })
  const lost = await playHere([['g', [note('b', { notify: note('reload') })]]], { connections: { h1 } })
  t.deepEqual(debts(lost), ['reload owed'])
  t.deepEqual(lines(), ['a', 'bad'])
})

test('an interrupt leaves handlers owed', async t => {
  const { note, lines } = notebook(t)
  const stop = new AbortController()
  const h1 = new ShConnection('h1', {
    lostAt: c => {
      if (c.args?.includes('a')) stop.abort()
      return false
    },
  })
  const played = await playHere([['g', [note('a', { notify: note('reload') })]]], {
    connections: { h1 },
    signal: stop.signal,
  })
  t.deepEqual(lines(), ['a'])
  t.deepEqual(debts(played), ['reload owed'])
  t.is(played.summary.exitCode, 130)
})

test('what is skipped, or found nothing to do, notifies nobody', async t => {
  const { note, lines } = notebook(t)
  const notify = note('reload')
  const tasks = [
    note('skipped', { when: false, notify }),
    note('also', { when: () => false, notify }),
    note('idle', { changedWhen: () => false, notify }),
  ]
  const played = await playHere([['g', tasks]])
  t.deepEqual(lines(), ['idle'])
  t.deepEqual(debts(played), ['reload owed', 'reload dropped'])
})

test('a flush in a block belongs to it: notified inside, run inside', async t => {
  const { note, lines } = notebook(t)
  const tried = block({
    items: [note('a', { notify: note('reload') }), flushHandlers(), note('b')],
    always: [note('always')],
  })
  await playHere([['g', [tried, note('behind')]]])
  t.deepEqual(lines(), ['a', 'reload', 'b', 'always', 'behind'])
})
