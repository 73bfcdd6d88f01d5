import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { FactError } from '../../../lib/errors.ts'
import { recoveryPoint } from '../../../lib/facts/artifactory/recovery-point.ts'
import { keepsClaim } from '../../../lib/facts/fact.ts'
import { localRun } from '../../helpers/local-run.ts'

// As the job wrote it on a lab host.
const written =
  '{"format":1,"state":"verified","updatedAt":"2026-11-22T19:28:52Z","systemIdentifier":"7711079463895048285","timeline":1,' +
  '"position":{"restorePoint":"baton-20261122T192848Z-bd53d211","lsn":"0/3000EA8","end":"0/3000F10","databaseTime":"2026-11-22T19:28:48.741Z"},' +
  '"pass":{"startedAt":"2026-11-22T19:28:49Z","endedAt":"2026-11-22T19:28:49Z"},"counts":{"binaries":5,"referenced":5,"bytes":100000,' +
  '"missing":0,"wrongLength":0,"corrupt":0,"hashed":5,"missingUnreferenced":0,"extra":0,"extraBytes":0},"missing":[],"artifactoryVersion":"7.104.5"}\n'

for (const shell of ['dash', 'bash'])
  test(`read as the job writes it; one that is not there does not exist (${shell})`, async t => {
    const directory = mkdtempSync(join(tmpdir(), 'baton-point-'))
    t.teardown(() => rmSync(directory, { recursive: true }))
    const [there, not] = [join(directory, 'point.json'), join(directory, 'none')]
    writeFileSync(there, written)
    const { kind } = recoveryPoint(there)
    const [found, absent] = kind.parse(await localRun(kind.ask([there, not]), [shell]), [there, not])
    t.like(found, { exists: true, point: { state: 'verified', counts: { binaries: 5 } } })
    t.true(found?.exists && Math.abs(found.ageSeconds! - (Date.now() - Date.parse('2026-11-22T19:28:52Z')) / 1000) < 60)
    t.deepEqual(absent, { exists: false })
    writeFileSync(there, written.slice(0, 200))
    const half = await localRun(kind.ask([there]), [shell])
    t.throws(() => kind.parse(half, [there]), { instanceOf: FactError, message: /is no recovery point/ })
  })

test('what the job must have made true is kept by a verified point of this cluster only', t => {
  const fact = recoveryPoint('/p')
  const claimed = { exists: true, point: { state: 'verified', systemIdentifier: '7' } } as const
  t.true(keepsClaim(fact, claimed, { exists: true, ageSeconds: 3, point: { ...claimed.point, timeline: 1 } }))
  t.false(keepsClaim(fact, claimed, { exists: true, point: { ...claimed.point, state: 'incomplete' } }))
  t.false(keepsClaim(fact, claimed, { exists: true, point: { ...claimed.point, systemIdentifier: '8' } }))
  t.false(keepsClaim(fact, claimed, { exists: false }))
})
