import test from 'ava'
import { sha256 } from '../../lib/changes/write-file.ts'
import { digest } from '../../lib/facts/digest.ts'
import { type PathState, path } from '../../lib/facts/path.ts'
import { type UnitState, unit } from '../../lib/facts/unit.ts'
import { service } from '../../lib/tasks/service.ts'
import { systemdUnit } from '../../lib/tasks/systemd-unit.ts'
import { planned } from '../helpers/check-task.ts'
import { expectedFacts } from '../helpers/expected-facts.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'

const content = '[Service]\nExecStart=/bin/true\n\n[Install]\nWantedBy=multi-user.target\n'
const file = '/etc/systemd/system/sync.service'
const dropInDirectory = `${file}.d`
const there: PathState = { type: 'file', mode: '0644', owner: 'root', group: 'root' }
const absent: PathState = { type: 'absent' }
const unknown: UnitState = { load: 'not-found', active: 'inactive', file: '', needsReload: false }
const running: UnitState = { load: 'loaded', active: 'active', file: 'enabled', needsReload: false }

const factsWith = (at: PathState, has: string | undefined, now: UnitState, where = file) =>
  fakeFacts([
    answer(path(where), at),
    answer(digest(where), { sha256: has === undefined ? undefined : sha256(has) }),
    answer(unit('sync.service'), now),
    answer(path(dropInDirectory), absent),
  ])
const task = systemdUnit({ name: 'sync.service', content })
const write = [`write ${file}`]

test('new: written and loaded', async t => {
  await planned(t, task, factsWith(absent, undefined, unknown), write)
})

test('a service can be planned on top of it', async t => {
  const facts = factsWith(absent, undefined, unknown)
  const after = expectedFacts(facts, await task.plan(facts))
  await planned(t, service({ name: 'sync', state: 'started', enabled: true }), after, ['enable and start sync.service'])
  await planned(t, service({ name: 'sync', state: 'stopped', enabled: false }), after, [])
})

test('a mask cannot be planned on top of it, whose place is taken', async t => {
  const facts = factsWith(absent, undefined, unknown)
  const after = expectedFacts(facts, await task.plan(facts))
  await t.throwsAsync(service({ name: 'sync', masked: true }).plan(after), { message: /where the mask would be/ })
})

test('what else systemd reads again is not known', async t => {
  const [change] = await task.plan(factsWith(absent, undefined, unknown))
  const covers = (now: UnitState) => change?.doubts.some(d => d.covers(unit('other') as never, now))
  t.deepEqual([{ ...running, needsReload: true }, running, unknown].map(covers), [true, false, false])
})

test('as desired: nothing', async t => {
  await planned(t, task, factsWith(there, content, running), [])
})

test('other content, other owner: written', async t => {
  await planned(t, task, factsWith(there, '[Service]\n', running), write)
  await planned(t, task, factsWith({ ...there, owner: 'ann' }, content, running), write)
})

test('the right file that systemd has not read', async t => {
  await planned(t, task, factsWith(there, content, { ...running, needsReload: true }), [
    'daemon-reload for sync.service',
  ])
  await planned(t, task, factsWith(there, content, unknown), ['daemon-reload for sync.service'])
})

test('a drop-in brings its directory, and leaves the unit what it is', async t => {
  const where = `${dropInDirectory}/limits.conf`
  const dropIn = systemdUnit({ name: 'sync.service', dropIn: 'limits', content: '[Service]\nLimitNOFILE=9\n' })
  const [change] = await planned(t, dropIn, factsWith(absent, undefined, running, where), [`write ${where}`])
  t.deepEqual(
    change?.makes.map(c => c.fact.key),
    [`path ${where}`, `digest ${where}`, `content ${where}`, `path ${dropInDirectory}`, 'unit sync.service'],
  )
  await planned(t, dropIn, factsWith(absent, undefined, unknown, where), [`write ${where}`])
})

test('a template has no unit of its own, and its instances become unknown', async t => {
  const where = '/etc/systemd/system/sync@.service'
  const facts = fakeFacts([answer(path(where), absent), answer(digest(where), { sha256: undefined })])
  const [change] = await planned(t, systemdUnit({ name: 'sync@.service', content }), facts, [`write ${where}`])
  const covers = (name: string) => change?.doubts.some(d => d.covers(unit(name) as never, running))
  t.deepEqual(['sync@daily', 'sync'].map(covers), [true, false])
})

test('a masked unit is refused', async t => {
  const mask: PathState = { type: 'link', target: '/dev/null', owner: 'root', group: 'root' }
  await t.throwsAsync(task.plan(factsWith(mask, undefined, { ...unknown, load: 'masked' })), { message: /is masked/ })
})

test('text that is no unit', t => {
  t.throws(() => systemdUnit({ name: 'sync.service', content: 'ExecStart=x\n' }), { message: /\[Section\]/ })
  t.throws(() => systemdUnit({ name: 'sync.service', content: '[Service]' }), { message: /newline/ })
  t.throws(() => systemdUnit({ name: '../x.service', content }), { message: /unit name/ })
  t.throws(() => systemdUnit({ name: 'x.service', content, dropIn: '../y' }), { message: /plain name/ })
})
