import test from 'ava'
import type { Facts } from '../../../lib/dsl/facts.ts'
import { type ClusterState, cluster } from '../../../lib/facts/postgres/cluster.ts'
import { serverIdentity } from '../../../lib/facts/postgres/server-identity.ts'
import { unit } from '../../../lib/facts/unit.ts'
import { standbyCluster } from '../../../lib/tasks/postgres/standby-cluster.ts'
import { planned } from '../../helpers/check-task.ts'
import { answer, fakeFacts } from '../../helpers/fake-facts.ts'

const data = '/var/lib/postgresql/17/main'
const primary = { systemIdentifier: '7711', inRecovery: false, major: '17', limits: {}, listen: '*', bytes: 1 }
const fresh: ClusterState = { installed: true, configured: false, data: 'absent', standby: false, running: false }
const own: ClusterState = { ...fresh, configured: true, data: 'cluster', standby: true, systemIdentifier: '7711' }

const facts = (here: ClusterState, there: Partial<typeof primary> | { unavailable: string } = {}) =>
  fakeFacts([answer(cluster({ version: '17', name: 'main', dataDirectory: data }), here)], {
    active: fakeFacts([
      answer(serverIdentity({ port: 5432 }), 'unavailable' in there ? there : { ...primary, ...there }),
    ]),
  })
const params = {
  version: '17',
  from: 'active',
  address: '198.51.100.2',
  user: 'sync',
  passfile: '/p',
  slot: 's',
} as const
const task = standbyCluster(params)
const copy = [`copy the cluster of active (1 MiB) to ${data}`]

test('no data directory: copied', async t => void (await planned(t, task, facts(fresh), copy)))
test('an empty one: copied', async t => void (await planned(t, task, facts({ ...fresh, data: 'empty' }), copy)))
test('its own standby: nothing', async t => void (await planned(t, task, facts(own), [])))
test('its own standby without configuration (killed before the last step): finished', async t =>
  void (await planned(t, task, facts({ ...own, configured: false }), copy)))

for (const [title, here, there, message] of [
  ['a primary', { ...own, standby: false }, {}, /holds a primary/],
  ['another cluster', { ...own, systemIdentifier: '1' }, {}, /another cluster, 1 instead of 7711/],
  ['other files', { ...fresh, data: 'foreign' }, {}, /is not empty and holds no/],
  ['a source that is a standby', fresh, { inRecovery: true }, /is itself a standby/],
  ['another major version', fresh, { major: '16' }, /runs PostgreSQL 16, the standby would be 17/],
  ['a source that does not answer: unknown', fresh, { unavailable: 'no' }, /not known before/],
  ['no programs: unknown', { ...fresh, installed: false }, {}, /not known before PostgreSQL 17 is installed/],
] as const)
  test(`not over or from ${title}`, async t => {
    await t.throwsAsync(task.plan(facts(here as ClusterState, there)), { message })
  })

test('what works on the standby is stopped first, and only when one is made', async t => {
  const stopping = standbyCluster({ ...params, stop: ['sync.timer', 'sync.service', 'none.service'] })
  const host = (here: ClusterState): Facts => {
    const rest = facts(here)
    const loaded = { load: 'loaded', needsReload: false } as const
    const units = fakeFacts([
      answer(unit('sync.timer'), { ...loaded, active: 'active' }),
      answer(unit('sync.service'), { ...loaded, active: 'activating' }),
      answer(unit('none.service'), { ...loaded, load: 'not-found', active: 'inactive' }),
    ])
    return { ...rest, get: fact => (fact.kind.kind === 'unit' ? units : rest).get(fact) }
  }
  await planned(t, stopping, host(fresh), ['stop sync.timer', 'stop sync.service', ...copy])
  await planned(t, stopping, host(own), [])
})
