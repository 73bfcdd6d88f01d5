import { z } from 'zod'
import { defineTask } from '../../dsl/task.ts'
import { path } from '../../facts/path.ts'
import { file } from '../file.ts'
import { clusterParams, configurationOf } from './cluster-params.ts'

/** Where the recovery target of a held standby is written, at each cycle by the synchronisation job. */
export const holdFile = (name: { readonly version: string; readonly cluster: string }): string =>
  `${configurationOf(name)}/conf.d/60-baton-hold.conf`

/**
 * A standby has a recovery target. A new one is held at the end of its base backup; later the synchronisation job moves the
 * target, and this task leaves it alone. A pause at the target is what survives a promotion (tried on PostgreSQL 15 and 17):
 * https://www.postgresql.org/docs/current/runtime-config-wal.html#GUC-RECOVERY-TARGET-ACTION
 */
export const hold = defineTask({
  name: 'postgres/hold',
  params: z.strictObject(clusterParams),
  title: () => 'hold the database at its recovery target',
  async plan(p, facts) {
    const target = holdFile(p)
    if ((await facts.get(path(target))).type === 'file') return []
    return file({
      path: target,
      content: `# Held at the end of the base backup; the synchronisation job writes here.\nrecovery_target = 'immediate'\nrecovery_target_action = 'pause'\n`,
      mode: '0644',
    }).plan(facts)
  },
})
