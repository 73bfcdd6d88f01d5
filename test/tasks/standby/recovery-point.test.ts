import test from 'ava'
import { recoveryPoint as pointFact, type RecoveryPoint } from '../../../lib/facts/artifactory/recovery-point.ts'
import { recovery } from '../../../lib/facts/postgres/recovery.ts'
import { unit } from '../../../lib/facts/unit.ts'
import { recoveryPoint } from '../../../lib/tasks/standby/recovery-point.ts'
import { planned } from '../../helpers/check-task.ts'
import { answer, fakeFacts } from '../../helpers/fake-facts.ts'

const database = { inRecovery: true, bounded: true, held: true, replayed: '0/3000F10', systemIdentifier: '7' }
const position = { restorePoint: 'p', lsn: '0/3000EA8', end: '0/3000F10', databaseTime: '2026-11-22T19:28:48.741Z' }
const point = { state: 'verified', systemIdentifier: '7', position } as const
const task = recoveryPoint({ path: '/p', unit: 'sync.service', log: '/l', maxAgeSeconds: 60 })
const start = ['start sync.service and wait for its recovery point']

for (const [title, now, held, changes] of [
  ['none: the job runs', { exists: false }, true, start],
  ['verified and fresh: nothing', { exists: true, ageSeconds: 60, point }, true, []],
  ['too old', { exists: true, ageSeconds: 61, point }, true, start],
  ['left by a job that died', { exists: true, ageSeconds: 1, point: { ...point, state: 'advancing' } }, true, start],
  ['incomplete', { exists: true, ageSeconds: 1, point: { ...point, state: 'incomplete' } }, true, start],
  ['of another cluster', { exists: true, ageSeconds: 1, point: { ...point, systemIdentifier: '8' } }, true, start],
  [
    'the database stands before it',
    { exists: true, ageSeconds: 1, point: { ...point, position: { ...position, lsn: '0/3000F10', end: '0/4' } } },
    true,
    start,
  ],
  [
    'the database stands behind it',
    { exists: true, ageSeconds: 1, point: { ...point, position: { ...position, end: '0/3000F0F' } } },
    true,
    start,
  ],
  ['of a database that is not held', { exists: true, ageSeconds: 1, point }, false, start],
] as const)
  test(title, async t => {
    const facts = fakeFacts([
      answer(pointFact('/p'), now as RecoveryPoint),
      answer(unit('sync.service'), { load: 'loaded', active: 'inactive', needsReload: false }),
      answer(recovery({ port: 5432 }), { ...database, held }),
    ])
    if (held) await planned(t, task, facts, changes)
    else t.is((await task.plan(facts)).length, 1)
  })

test('a last run that failed is tried again, however good the recovery point still is', async t => {
  const facts = fakeFacts([
    answer(pointFact('/p'), { exists: true, ageSeconds: 1, point } as RecoveryPoint),
    answer(unit('sync.service'), { load: 'loaded', active: 'failed', needsReload: false }),
    answer(recovery({ port: 5432 }), database),
  ])
  await planned(t, task, facts, ['start sync.service, which failed the last time, and wait for its recovery point'])
})
