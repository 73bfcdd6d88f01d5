import test from 'ava'
import { listening } from '../../lib/facts/listening.ts'
import { installed } from '../../lib/facts/packages.ts'
import { path } from '../../lib/facts/path.ts'
import { type UnitState, unit } from '../../lib/facts/unit.ts'
import { service } from '../../lib/tasks/service.ts'
import { timer } from '../../lib/tasks/timer.ts'
import { planned } from '../helpers/check-task.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'

const up: UnitState = { load: 'loaded', active: 'active', file: 'enabled', needsReload: false }
const down: UnitState = { load: 'loaded', active: 'inactive', file: 'disabled', needsReload: false }
const factsWith = (now: UnitState, name = 'art') => fakeFacts([answer(unit(name), now)])

type Params = Omit<Parameters<typeof service>[0], 'name'>
const cases: readonly (readonly [title: string, now: UnitState, params: Params, summary?: string])[] = [
  ['started and enabled', down, { state: 'started', enabled: true }, 'enable and start art.service'],
  ['runs already', up, { state: 'started', enabled: true }],
  ['only enabled', up, { enabled: true, state: 'unmanaged' }],
  ['stopped and disabled', up, { state: 'stopped', enabled: false }, 'disable and stop art.service'],
  ['stopped already', down, { state: 'stopped', enabled: false }],
  ['failed counts as stopped', { ...down, active: 'failed' }, { state: 'stopped' }],
  ['failed is not started', { ...down, active: 'failed' }, { state: 'started' }, 'start art.service'],
  ['still starting: awaited', { ...down, active: 'activating' }, { state: 'started' }, 'start art.service'],
  ['still starting: stopped', { ...down, active: 'activating' }, { state: 'stopped' }, 'stop art.service'],
  ['enabled until the next boot only', { ...up, file: 'enabled-runtime' }, { enabled: true }, 'enable art.service'],
  ['enabled until the next boot only', { ...up, file: 'enabled-runtime' }, { enabled: false }],
  ['a static unit never starts by itself', { ...up, file: 'static' }, { enabled: false }],
  ['masked', up, { masked: true }, 'mask art.service'],
  ['stopped and masked', up, { state: 'stopped', masked: true }, 'stop and mask art.service'],
  ['masked before it is there', { ...down, load: 'not-found', file: '' }, { masked: true }, 'mask art.service'],
  ['masked already', { ...down, load: 'masked', file: 'masked' }, { masked: true, state: 'stopped' }],
  [
    'unmasked and started',
    { ...down, load: 'masked', file: 'masked' },
    { masked: false, state: 'started', enabled: true },
    'unmask, enable and start art.service',
  ],
  [
    'unmasked and not enabled',
    { ...down, load: 'masked', file: 'masked' },
    { masked: false, enabled: false },
    'unmask and disable art.service',
  ],
  ['not masked', up, { masked: false }],
]

for (const [title, now, params, summary] of cases)
  test(`${title}${summary ? `: ${summary}` : ''}`, async t => {
    await planned(t, service({ name: 'art', ...params }), factsWith(now), summary ? [summary] : [])
  })

test('what is newer on disk is loaded before it is started', async t => {
  const [change] = await planned(
    t,
    service({ name: 'art', state: 'started' }),
    factsWith({ ...down, needsReload: true }),
    ['start art.service'],
  )
  t.deepEqual(change?.command.args, ['art.service', '300', 'daemon-reload', 'start'])
})

test('a start leaves unknown what runs and which files it creates; a stop only what runs', async t => {
  const doubts = async (state: 'started' | 'stopped', now: UnitState) => {
    const [change] = await service({ name: 'art', state }).plan(factsWith(now))
    const covers = (fact: unknown, is: unknown) => change?.doubts.some(d => d.covers(fact as never, is))
    return [
      covers(listening(8081), { listening: now === up }),
      covers(path('/var/opt/x'), { type: 'absent' }),
      covers(path('/etc/x'), { type: 'file', mode: '0644', owner: 'root', group: 'root' }),
      covers(unit('other'), { ...down, load: 'not-found' }),
      covers(installed('rsync'), { installed: false }),
    ]
  }
  t.deepEqual(await doubts('started', down), [true, true, false, false, false])
  t.deepEqual(await doubts('stopped', up), [true, false, false, false, false])
})

const refusals: readonly (readonly [title: string, now: UnitState, params: Params, says: RegExp])[] = [
  ['a unit that is not there', { ...down, load: 'not-found' }, { state: 'stopped' }, /no unit art\.service/],
  ['a masked unit', { ...down, load: 'masked', file: 'masked' }, { state: 'started' }, /is masked/],
  ['a broken unit file', { ...down, load: 'bad-setting' }, { state: 'started' }, /cannot load art\.service/],
  ['enabling a static unit', { ...up, file: 'static' }, { enabled: true }, /is static/],
  ['disabling an alias', { ...up, file: 'alias' }, { enabled: false }, /is alias/],
]
for (const [title, now, params, says] of refusals)
  test(`refused: ${title}`, async t => {
    await t.throwsAsync(service({ name: 'art', ...params }).plan(factsWith(now)), { name: 'Refusal', message: says })
  })

test('params that say nothing, or contradict each other', t => {
  t.throws(() => service({ name: 'art' }), { message: /give state, enabled or masked/ })
  t.throws(() => service({ name: 'art', masked: true, state: 'started' }), { message: /neither started nor enabled/ })
  t.throws(() => service({ name: 'art@', state: 'started' }), { message: /is a template/ })
  t.throws(() => service({ name: 'a b', state: 'started' }), { message: /name of a systemd unit/ })
})

test('a timer', async t => {
  const facts = factsWith({ ...down }, 'sync.timer')
  await planned(t, timer({ name: 'sync', state: 'started', enabled: true }), facts, ['enable and start sync.timer'])
  await planned(t, timer({ name: 'sync.timer', state: 'stopped' }), facts, [])
  t.throws(() => timer({ name: 'sync.service', state: 'started' }), { message: /name of a timer/ })
  t.throws(() => timer({ name: 'sync' }), { message: /give state or enabled/ })
})

test('a start or a stop may move other units, enabling may take them along; what is not there stays so', async t => {
  const other = async (params: Params, now: UnitState) => {
    const [change] = await service({ name: 'art', ...params }).plan(factsWith(now))
    const covers = (is: UnitState) => change?.doubts.some(d => d.covers(unit('other') as never, is))
    return [covers(up), covers(down), covers({ ...down, load: 'not-found' })]
  }
  t.deepEqual(await other({ state: 'started' }, down), [true, true, false])
  t.deepEqual(await other({ state: 'stopped' }, up), [true, true, false])
  t.deepEqual(await other({ enabled: true }, down), [true, true, false])
})

test('refused: a mask where the unit file is', async t => {
  const now = { ...up, fragmentPath: '/etc/systemd/system/art.service' }
  await t.throwsAsync(service({ name: 'art', masked: true }).plan(factsWith(now)), {
    message: /where the mask would be/,
  })
  const packaged = { ...up, fragmentPath: '/usr/lib/systemd/system/art.service' }
  await planned(t, service({ name: 'art', masked: true }), factsWith(packaged), ['mask art.service'])
})
