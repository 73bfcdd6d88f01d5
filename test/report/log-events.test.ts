import test from 'ava'
import type { Event, NodeState } from '../../lib/event.ts'
import { Progress } from '../../lib/report/progress.ts'
import { ended, failure, rendered, runOf } from '../helpers/events.ts'

const lines = async (...given: Parameters<typeof rendered>) => (await rendered(...given)).split('\n')

const rolling = (host: string, state: NodeState, more: { readonly reason?: string } = {}): Event => ({
  type: 'rolling',
  play: 'p',
  host,
  batch: 1,
  batches: 3,
  state,
  ...more,
})

const states = [
  'waiting',
  'draining',
  'changing',
  'gating',
  'returning',
  'soaking',
  'done',
  'unchanged',
  'failed',
] as const

for (const [verbosity, shown] of [
  [0, ['draining', 'soaking', 'done', 'unchanged', 'failed']],
  [1, states.slice(1)],
  [2, states],
] as const)
  test(`rolling: states that have a line at verbosity ${verbosity}`, async t => {
    const events = runOf(
      ['h1'],
      states.map(state => rolling('h1', state)),
    )
    const found = (await lines(events, { verbosity })).filter(line => line.includes('batch 1 of 3,'))
    t.deepEqual(
      found.map(line => line.split(/\s+/)[1]),
      [...shown],
    )
  })

test('a node that failed is named with its reason, at once and at the end', async t => {
  const text = await rendered(runOf(['h1'], [rolling('h1', 'failed', { reason: 'its gate stayed shut' })]))
  t.true(text.includes('h1  failed   batch 1 of 3, stays out of rotation: its gate stayed shut\n'))
  t.regex(
    text,
    /what went wrong\n {2}failed on h1: rolling order, batch 1 of 3: it stays out\n {6}its gate stayed shut/,
  )
})

test('a row of a rolling play says the state, and is over when the node is, not when its tasks are', t => {
  const start = { type: 'play', play: 'p', state: 'started', hosts: [{ host: 'h1', tasks: ['t'] }] } as const
  const progress = new Progress(start, 'apply')
  t.is(progress.add(rolling('h1', 'waiting'))?.title, 'h1  0/1  batch 1 of 3, waits for its turn')
  progress.add(rolling('h1', 'changing'))
  t.like(progress.add(ended('h1', 't', 'changed')), { done: false })
  t.like(progress.add(rolling('h1', 'soaking')), { done: false, title: 'h1  1/1  batch 1 of 3, back, and watched' })
  t.like(progress.add(rolling('h1', 'done')), { done: true, failed: false })
  t.like(new Progress(start, 'apply').add(rolling('h1', 'failed')), { done: true, failed: true })
})

test('a lease is said with -v; a lost one always, and again at the end', async t => {
  const lease = (state: 'taken' | 'released' | 'lost'): Event => ({ type: 'lease', host: 'h1', state, counter: 7 })
  const quiet = await rendered(runOf(['h1'], [lease('taken'), lease('released')]))
  t.false(quiet.includes('lease'))
  const more = await lines(runOf(['h1'], [lease('taken'), lease('released')]), { verbosity: 1 })
  t.true(more.includes('h1  lease    taken, number 7'))
  t.true(more.includes('h1  lease    released, number 7'))
  t.is((await rendered(runOf(['h1'], [lease('lost')]))).split('the lease was lost').length, 3)
})

test('all problems of the preflight in one list, hosts with the same on one line', async t => {
  const problems = [
    { host: 'h1', message: 'sudo wants a password', hint: 'Add -K.' },
    { host: 'h2', message: 'its clock is 90 s ahead' },
    { host: 'h3', message: 'sudo wants a password', hint: 'Add -K.' },
  ]
  const text = await rendered(runOf(['h1', 'h2', 'h3'], [{ type: 'preflight', problems }]))
  t.true(
    text.includes(
      [
        'preflight: 3 problems. Nothing was changed.',
        '  h1, h3: sudo wants a password',
        '      Add -K.',
        '  h2: its clock is 90 s ahead',
        '',
      ].join('\n'),
    ),
  )
})

const handler = (host: string, task: string, state: 'owed' | 'paid' | 'dropped'): Event => ({
  type: 'handler',
  host,
  play: 'p',
  task,
  title: `restart ${task}`,
  state,
})

test('handlers that are owed when the run ends are said, those that were paid are not', async t => {
  const events = [handler('h1', 'web', 'owed'), handler('h2', 'web', 'owed'), handler('h1', 'db', 'owed')]
  const text = await rendered(runOf(['h1', 'h2'], [...events, handler('h1', 'db', 'paid')]))
  t.true(
    text.includes(
      '\nhandlers that were notified and have not run; --resume or the next run pays\n  owed on h1, h2: restart web\n',
    ),
  )
  t.false(text.includes('restart db'))
  const paid = await rendered(runOf(['h1'], [handler('h1', 'db', 'owed'), handler('h1', 'db', 'paid')]), {
    verbosity: 1,
  })
  t.true(paid.includes('h1  paid     restart db (handler)\n'))
  t.false(paid.includes('owed'))
})

test('an ignored failure is told in full, and is no trouble at the end', async t => {
  const events = runOf(
    ['h1'],
    [ended('h1', 'a', 'failed', { ignored: true, error: failure({ message: 'not today' }) })],
  )
  const text = await rendered(events)
  t.true(text.includes('h1  ignored  a\n    not today\n'))
  t.false(text.includes('what went wrong'))
  t.true(text.includes('h1  1 ignored\n'))
})

test('the summary has a column for what was ignored only where something was', async t => {
  const counts = { ok: 1, changed: 0, failed: 0, skipped: 0, unreachable: 0, unknown: 0 }
  const summary = (ignored: number): Event => ({
    type: 'summary',
    exitCode: 0,
    durationMs: 0,
    hosts: { h1: counts, h2: { ...counts, ignored } },
  })
  const without = await lines([...runOf([], []).slice(0, -1), summary(0)])
  const one = await lines([...runOf([], []).slice(0, -1), summary(2)])
  t.false(without.join('\n').includes('ignored'))
  t.is(
    one
      .find(line => line.startsWith('total'))
      ?.split(/\s+/)
      .at(-1),
    '2',
  )
})

test('several attempts are said', async t => {
  const text = await rendered(runOf(['h1'], [ended('h1', 'a', 'changed', { attempts: 3 })]))
  t.true(text.includes('h1  changed  a  3 attempts\n'))
})

test('what is sent and handed on has no line, and does not part skipped tasks', async t => {
  const skip = (title: string) => ended('h1', title, 'skipped', { reason: 'x' })
  const between: Event[] = [
    { type: 'sent', host: 'h1', play: 'p', changes: [] },
    { type: 'handed', host: 'h1', play: 'p', task: 't', stdout: 'secret of the trade', stderr: '' },
  ]
  const text = await rendered(runOf(['h1'], [skip('a'), ...between, skip('b')]), { verbosity: 0 })
  t.true(text.includes('h1  skipped  2 tasks: x\n'))
  t.false((await rendered(runOf(['h1'], between), { verbosity: 2 })).includes('of the trade'))
})

test('a run that is refused says why and what to do; one that goes on says with which', async t => {
  const refused: Event = { type: 'refused', error: failure({ kind: 'refused', message: 'stale', hint: 'Plan again.' }) }
  const [run, ...rest] = runOf([], [refused])
  const text = await rendered([{ ...run, resumes: 'r0' } as Event, ...rest])
  t.true(text.includes('\nthe run is refused\n    stale\n    hint     Plan again.\n'))
  t.true(text.startsWith('Test (run, goes on with r0, 0 hosts)\n'))
})
