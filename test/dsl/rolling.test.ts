import test from 'ava'
import { httpAnswers, unitActive } from '../../lib/dsl/gate.ts'
import { type RollingDefinition, rolling } from '../../lib/dsl/rolling.ts'
import { buildRolling, rulesOf } from '../../lib/engine/rolling/built.ts'
import { UsageError } from '../../lib/errors.ts'
import { http } from '../../lib/facts/http.ts'
import { unit } from '../../lib/facts/unit.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'
import { hostNamed } from '../helpers/play-here.ts'

type Definition = RollingDefinition<'g', unknown>

const healthy = { about: 'healthy', ask: async () => true as const }
const gate = { checks: () => [healthy], holdsSeconds: 5, withinSeconds: 60 }
const make = (more: Partial<Definition>) => rolling<'g', unknown>('roll', { hosts: 'g', gate, ...more }, [])
const hosts = ['n1', 'n2', 'n3'].map(hostNamed)
const built = (more: Partial<Definition>) => {
  const play = make(more)
  return buildRolling(play, play.rolling, hosts)
}

const mistakes: readonly (readonly [what: string, more: object, message: RegExp])[] = [
  ['a batch of none', { batch: 0 }, /batch: must be a whole number of at least 1/],
  ['a batch of a half', { batch: [1, 1.5] }, /batch: must be/],
  ['a batch of nothing in a hundred', { batch: '0%' }, /batch: must be/],
  ['a batch of more than all', { batch: '101%' }, /batch: must be/],
  ['no batch size', { batch: [] }, /batch: needs at least one size/],
  ['none may be out', { maxUnavailable: 0 }, /maxUnavailable: must be/],
  ['a budget of none', { budget: 0 }, /budget: must be/],
  ['a negative soak', { soakSeconds: -1 }, /soakSeconds: must be/],
  ['a time that is no number', { gate: { ...gate, holdsSeconds: Number.NaN } }, /gate.holdsSeconds: must be/],
  ['a pause of nothing', { gate: { ...gate, everySeconds: 0 } }, /gate.everySeconds: must be/],
  ['a gate that cannot hold in time', { gate: { ...gate, holdsSeconds: 60 } }, /cannot hold for 60 s within 60 s/],
]

for (const [what, more, message] of mistakes)
  test(`${what} is a mistake, with the line of the play`, t => {
    const error = t.throws(() => make(more), { instanceOf: UsageError, message })
    t.regex(error?.problems[0]?.at?.file ?? '', /rolling\.test\.ts$/)
  })

test('all mistakes are said at once', t => {
  const error = t.throws(() => make({ batch: 0, budget: 0, soakSeconds: -1 }), { instanceOf: UsageError })
  t.is(error?.problems.length, 3)
})

test('an order must name every host, once, and no other', t => {
  const error = t.throws(() => built({ order: ['n2', 'n2', 'n9', 'n1'] }), { instanceOf: UsageError })
  t.deepEqual(
    error?.problems.map(p => p.message),
    [
      'rolling: order: n3 is missing',
      'rolling: order: n9 is no host of this play',
      'rolling: order: n2 is there twice',
    ],
  )
  t.true(error?.problems.every(p => p.at?.file.endsWith('rolling.test.ts')))
})

test('an order that compares to NaN is nobody’s choice', t => {
  t.throws(() => built({ order: () => Number.NaN }), { instanceOf: UsageError, message: /is not a number/ })
})

test('the order is that of the list, of the comparison, or of the inventory', t => {
  const names = (more: Partial<Definition>) => built(more).nodes.map(n => n.host.name)
  t.deepEqual(names({}), ['n1', 'n2', 'n3'])
  t.deepEqual(names({ order: [hosts[2]!, 'n1', 'n2'] }), ['n3', 'n1', 'n2'])
  t.deepEqual(names({ order: (a, b) => Number(b.name === 'n2') - Number(a.name === 'n2') }), ['n2', 'n1', 'n3'])
})

test('a gate that asks a host nothing is a mistake', t => {
  const checks: Definition['gate']['checks'] = ({ host }) => (host.name === 'n2' ? [] : [healthy])
  t.throws(() => built({ gate: { ...gate, checks } }), { instanceOf: UsageError, message: /no check for n2/ })
})

test('percentages are of all hosts, rounded down and never to none; what may be out is the largest batch by default', t => {
  t.deepEqual(rulesOf(built({ batch: [1, '50%', '100%'] })), { sizes: [1, 1, 3], maxUnavailable: 3, budget: 1 })
  t.deepEqual(rulesOf(built({ batch: 2, maxUnavailable: '10%', budget: 2 })), {
    sizes: [2],
    maxUnavailable: 1,
    budget: 2,
  })
})

test('a check says true, or why not, and which host it asks', async t => {
  const url = 'http://127.0.0.1/health'
  const facts = (status: number | undefined, body = '') =>
    fakeFacts([answer(http(url), status === undefined ? { status, error: 'connection refused' } : { status, body })])
  const check = httpAnswers({ url, body: 'OK' })
  t.is(await check.ask(facts(200, 'all OK')), true)
  t.is(await check.ask(facts(503)), 'got 503')
  t.is(await check.ask(facts(200, 'starting')), 'got 200 without "OK" in the body')
  t.is(await check.ask(facts(undefined)), 'no answer: connection refused')
  const outside = httpAnswers({ url, on: 'lb' })
  t.is(outside.about, `${url} answers 200 on lb`)
  t.is(await outside.ask(fakeFacts([], { lb: facts(200) })), true)
})

test('a unit that came back by itself has another mark', async t => {
  const state = { load: 'loaded', active: 'active', sub: 'running', needsReload: false }
  const at = (activeSince: number) => fakeFacts([answer(unit('app'), { ...state, activeSince })])
  const check = unitActive('app')
  t.is(await check.ask(at(1)), true)
  t.not(await check.mark?.(at(1)), await check.mark?.(at(2)))
  const failed = fakeFacts([answer(unit('app'), { ...state, active: 'failed', sub: 'failed' })])
  t.is(await check.ask(failed), 'failed (failed)')
})
