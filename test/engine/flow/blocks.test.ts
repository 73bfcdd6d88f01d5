import test from 'ava'
import { block, flushHandlers } from '../../../lib/dsl/item.ts'
import { Refusal } from '../../../lib/errors.ts'
import { path } from '../../../lib/facts/path.ts'
import { assert } from '../../../lib/tasks/assert.ts'
import { file } from '../../../lib/tasks/file.ts'
import { playHere } from '../../helpers/play-here.ts'
import { me } from '../../helpers/scratch.ts'
import { ShConnection } from '../../helpers/sh-connection.ts'
import { endOf, notebook } from './notebook.ts'

const check = { mode: 'check' } as const

test('a block without a failure: no rescue, and always last', async t => {
  const { note, lines } = notebook(t)
  const tried = block({ items: [note('a'), note('b')], rescue: [note('rescue')], always: [note('always')] })
  const played = await playHere([['g', [tried, note('behind')]]])
  t.deepEqual(lines(), ['a', 'b', 'always', 'behind'])
  t.is(endOf(played, 'rescue').reason, 'no task of its block failed')
  t.is(played.summary.exitCode, 0)
})

test('a failure that is rescued is reported as ignored, what was behind it is not run, and the play goes on', async t => {
  const { note, fail, lines } = notebook(t)
  const tried = block({
    items: [fail('bad'), note('after bad')],
    rescue: [note('rescue')],
    always: [note('always')],
  })
  const played = await playHere([['g', [tried, note('behind')]]])
  t.deepEqual(lines(), ['bad', 'rescue', 'always', 'behind'])
  t.is(endOf(played, 'bad').ignored, true)
  t.is(endOf(played, 'bad').rescued, true)
  t.is(endOf(played, 'after bad').outcome, 'skipped')
  t.is(played.summary.exitCode, 0)
  t.like(played.summary.hosts.h1, { failed: 0, ignored: 1 })
})

test('a rescue that fails fails the play, after always', async t => {
  const { note, fail, lines } = notebook(t)
  const tried = block({
    items: [fail('bad')],
    rescue: [fail('rescue'), note('more rescue')],
    always: [note('always')],
  })
  const played = await playHere([['g', [tried, note('behind')]]])
  t.deepEqual(lines(), ['bad', 'rescue', 'always'])
  t.is(endOf(played, 'rescue').ignored, undefined)
  t.is(endOf(played, 'behind').outcome, 'skipped')
  t.is(played.summary.exitCode, 2)
})

test('without a rescue the failure stays one, and always runs', async t => {
  const { note, fail, lines } = notebook(t)
  const played = await playHere([['g', [block({ items: [fail('bad')], always: [note('always')] }), note('behind')]]])
  t.deepEqual(lines(), ['bad', 'always'])
  t.is(endOf(played, 'bad').ignored, undefined)
  t.is(played.summary.exitCode, 2)
})

test('an always that fails fails a block that went well', async t => {
  const { note, fail, lines } = notebook(t)
  const played = await playHere([['g', [block({ items: [note('a')], always: [fail('always')] }), note('behind')]]])
  t.deepEqual(lines(), ['a', 'always'])
  t.is(played.summary.exitCode, 2)
})

test('nested: what the inner rescue cannot right, the outer one may', async t => {
  const { note, fail, lines } = notebook(t)
  const inner = block({ items: [fail('bad')], rescue: [fail('inner rescue')], always: [note('inner always')] })
  const outer = block({
    items: [inner, note('not reached')],
    rescue: [note('outer rescue')],
    always: [note('outer always')],
  })
  const played = await playHere([['g', [outer, note('behind')]]])
  t.deepEqual(lines(), ['bad', 'inner rescue', 'inner always', 'outer rescue', 'outer always', 'behind'])
  t.is(endOf(played, 'inner rescue').ignored, true)
  t.is(played.summary.exitCode, 0)
})

test("a guard's no is not rescued: what it forbade must not be done another way; always still runs", async t => {
  const { note, lines } = notebook(t)
  const guard = assert({
    refusal: 'this must not be promoted',
    that: async () => 'it is the active one',
    title: 'guard',
  })
  const tried = block({
    items: [block({ items: [guard], rescue: [note('inner rescue')], always: [note('inner always')] })],
    rescue: [note('rescue')],
    always: [note('always')],
  })
  const played = await playHere([['g', [tried, note('behind')]]])
  t.deepEqual(lines(), ['inner always', 'always'])
  t.is(endOf(played, 'rescue').reason, 'what a guard forbids is not rescued')
  t.is(endOf(played, 'guard').ignored, undefined)
  t.is(played.summary.exitCode, 5)
})

test('a host that is lost in mid-change is neither rescued nor cleaned up: nobody knows its state', async t => {
  const { note, lines } = notebook(t)
  const lost = new ShConnection('h1', { lostAt: c => c.args?.includes('bad') ?? false })
  const tried = block({ items: [note('bad')], rescue: [note('rescue')], always: [note('always')] })
  const played = await playHere([['g', [tried, note('behind')]]], { connections: { h1: lost } })
  t.deepEqual(lines(), [])
  t.deepEqual(played.ends, ['h1 unknown bad', 'h1 skipped rescue', 'h1 skipped always', 'h1 skipped behind'])
  t.is(played.summary.exitCode, 4)
})

test('an interrupt leaves rescue and always out, and says why', async t => {
  const { note, fail, lines } = notebook(t)
  const stop = new AbortController()
  const h1 = new ShConnection('h1', {
    lostAt: c => {
      if (c.args?.includes('bad')) stop.abort()
      return false
    },
  })
  const tried = block({ items: [fail('bad')], rescue: [note('rescue')], always: [note('always')] })
  const played = await playHere([['g', [tried]]], { connections: { h1 }, signal: stop.signal })
  t.deepEqual(lines(), ['bad'])
  t.is(endOf(played, 'rescue').reason, 'the run was interrupted')
  t.is(endOf(played, 'always').reason, 'the run was interrupted')
  t.is(played.summary.exitCode, 130)
})

test('a rescue sees the host as it is, not as the plan of what failed would have it', async t => {
  const { note, lines, directory } = notebook(t)
  // The first is planned and never sent; the second cannot be planned at all.
  const lost = file({ path: `${directory}/x`, content: 'x', ...me })
  const unreadable = assert({
    refusal: 'x',
    title: 'unplannable',
    that: async facts => {
      await facts.get(path(`${directory}/y`))
      throw new Error('a bug in the playbook')
    },
  })
  const seen = note('absent', { when: async facts => (await facts.get(path(`${directory}/y`))).type === 'absent' })
  const played = await playHere([['g', [block({ items: [unreadable, lost], rescue: [seen] })]]])
  t.deepEqual(lines(), ['absent'])
  t.is(played.summary.exitCode, 0)
})

test('in check mode too a rescue sees what the plan that failed asked about', async t => {
  const { directory } = notebook(t)
  const asks = (title: string, bug: boolean) =>
    assert({
      refusal: 'x',
      title,
      that: async facts => {
        const { type } = await facts.get(path(directory))
        if (bug) throw new Error('a bug in the playbook')
        return type === 'directory' || 'no'
      },
    })
  const played = await playHere(
    [['g', [block({ items: [asks('bad', true)], rescue: [asks('rescue', false)] })]]],
    check,
  )
  t.deepEqual(played.ends, ['h1 failed bad', 'h1 ok rescue'])
})

test('what can never be known fails, and leaves nothing in doubt for what is behind it', async t => {
  const { note, directory } = notebook(t)
  const never = note('never')
  const bad = note('bad', { ignoreFailure: true, when: facts => facts.value(never.value).code === 0 })
  const behind = assert({
    refusal: 'x',
    title: 'behind',
    that: async facts => (await facts.get(path(directory))).type === 'directory' || 'no',
  })
  const played = await playHere([['g', [bad, behind]]])
  t.deepEqual(played.ends, ['h1 failed bad', 'h1 ok behind'])
})

test('in check mode a failure that shows in the plan leads to the rescue, which is predicted', async t => {
  const { note, lines } = notebook(t)
  const bad = assert({
    refusal: 'x',
    title: 'bad',
    that: async () => {
      throw new Error('a bug in the playbook')
    },
  })
  const tried = block({ items: [bad], rescue: [note('rescue')], always: [note('always')] })
  const played = await playHere([['g', [tried]]], check)
  t.deepEqual(played.ends, ['h1 failed bad', 'h1 changed rescue', 'h1 changed always'])
  t.deepEqual(lines(), [])
})

test('ignoreFailure: the play goes on, and the handler of what failed is run, for it may have changed something', async t => {
  const { note, fail, lines } = notebook(t)
  const bad = fail('bad', { ignoreFailure: true, notify: note('handler') })
  const played = await playHere([['g', [bad, note('behind')]]])
  t.deepEqual(lines(), ['bad', 'behind', 'handler'])
  t.is(endOf(played, 'bad').ignored, true)
  t.is(played.summary.exitCode, 0)
})

test("ignoreFailure does not get past a guard's no, nor past a lost connection", async t => {
  const { note, lines } = notebook(t)
  const guard = assert({
    refusal: 'no',
    title: 'guard',
    ignoreFailure: true,
    that: async () => {
      throw new Refusal('this is the active one')
    },
  })
  t.is((await playHere([['g', [guard, note('behind')]]])).summary.exitCode, 5)
  const lost = new ShConnection('h1', { lostAt: c => c.args?.includes('bad') ?? false })
  const tasks = [note('bad', { ignoreFailure: true }), note('behind')]
  t.is((await playHere([['g', tasks]], { connections: { h1: lost } })).summary.exitCode, 4)
  t.deepEqual(lines(), [])
})

test('a handler that fails in a flush is rescued like any other task, and what it left undone is done at the end', async t => {
  const { note, fail, lines } = notebook(t)
  const work = note('work', { notify: [fail('bad handler'), note('good handler')] })
  const tried = block({ items: [work, flushHandlers(), note('not reached')], rescue: [note('rescue')] })
  const played = await playHere([['g', [tried, note('behind')]]])
  t.deepEqual(lines(), ['work', 'bad handler', 'rescue', 'behind', 'good handler'])
  t.is(endOf(played, 'bad handler').ignored, true)
  t.is(played.summary.exitCode, 0)
})
