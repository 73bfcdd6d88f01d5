import test from 'ava'
import { type UnitState, unit } from '../../lib/facts/unit.ts'
import { serviceRestart } from '../../lib/tasks/service-restart.ts'
import { systemdReload } from '../../lib/tasks/systemd-reload.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'

const up: UnitState = {
  load: 'loaded',
  active: 'active',
  sub: 'running',
  file: 'enabled',
  needsReload: true,
  mainPid: 7,
}
const facts = fakeFacts([answer(unit('art'), up)])

test('restarted whatever it is, from what is on disk, and active afterwards', async t => {
  const task = serviceRestart({ name: 'art', timeoutSeconds: 9 })
  const [change] = await task.plan(facts)
  t.true(task.action)
  t.is(change?.summary, 'restart art.service')
  t.deepEqual(change?.command.args, ['art.service', '9', 'daemon-reload', 'restart'])
  t.deepEqual(change?.makes[0]?.answer, { load: 'loaded', active: 'active', needsReload: false, file: 'enabled' })
})

test('only if it runs: promises nothing', async t => {
  const [change] = await serviceRestart({ name: 'art', onlyIfActive: true }).plan(facts)
  t.deepEqual(change?.command.args, ['art.service', '300', 'daemon-reload', 'try-restart'])
  t.deepEqual(change?.makes, [])
  t.true(change?.doubts.some(d => d.covers(unit('art') as never, up)))
})

test('systemd-reload makes what is known of units unknown', async t => {
  const [change] = await systemdReload({}).plan(facts)
  t.true(change?.doubts.some(d => d.covers(unit('art') as never, up)))
})
