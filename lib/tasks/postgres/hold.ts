import { z } from 'zod'
import { change, claim } from '../../changes/change.ts'
import { sh } from '../../command.ts'
import { defineTask } from '../../dsl/task.ts'
import { path } from '../../facts/path.ts'
import { cluster } from '../../facts/postgres/cluster.ts'
import { lsn } from '../../facts/postgres/lsn.ts'
import { isUnavailable } from '../../facts/postgres/query.ts'
import { recovery } from '../../facts/postgres/recovery.ts'
import { recoveryTarget } from '../../facts/postgres/recovery-target.ts'
import { file } from '../file.ts'
import { clusterParams, dataOf, unitOf } from './cluster-params.ts'
import { holdFile } from './hold-file.ts'

const immediate = `# Held as soon as it is consistent; the synchronisation job writes here.
recovery_target = 'immediate'
recovery_target_action = 'pause'
`

/**
 * A standby has a recovery target. A new one is held at the end of its base backup; later the synchronisation job moves the
 * target, and this task leaves it alone. One that follows its primary without a target is held where it is, by a restart.
 * One that is down and has replayed beyond its target would never start again, and is held where it becomes consistent.
 * A pause at the target is what survives a promotion (tried on PostgreSQL 15 and 17); pg_wal_replay_resume() would promote.
 * https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-RECOVERY-TARGET-ACTION
 */
export const hold = defineTask({
  name: 'hold',
  params: z.strictObject(clusterParams),
  title: () => 'hold the database at its recovery target',
  async plan(p, facts) {
    const target = holdFile(p)
    const fact = recovery({ port: p.port })
    const [there, now, onDisk, { position }] = await Promise.all([
      facts.get(path(target)),
      facts.get(fact),
      facts.get(cluster({ version: p.version, name: p.cluster, dataDirectory: dataOf(p) })),
      facts.get(recoveryTarget(target)),
    ])
    const runsFree = !isUnavailable(now) && now.inRecovery && !now.bounded
    const isBeyond = !onDisk.running && position !== undefined && lsn(onDisk.minimumRecovery ?? '0/0') > lsn(position)
    if (there.type === 'file' && !runsFree && !isBeyond) return []
    const writes = await file({ path: target, content: immediate, mode: '0644' }).plan(facts)
    if (!runsFree) return writes
    return [
      ...writes,
      change({
        summary: `restart ${unitOf(p)}, which follows its primary without a limit`,
        command: { script: sh`systemctl restart -- "$1"`, args: [unitOf(p)], timeoutMs: 3_600_000 },
        makes: [claim(fact, { inRecovery: true, bounded: true, systemIdentifier: now.systemIdentifier })],
      }),
    ]
  },
})
