import { z } from 'zod'
import { defineQuery, type Server } from './query.ts'
import { sql } from './sql.ts'

const rows = z
  .tuple([
    z.strictObject({
      inRecovery: z.boolean(),
      /** Has a recovery target, and does not just follow its primary. */
      bounded: z.boolean(),
      /** Waits at its recovery target: a promotion ends there. Left out of a claim where it may have to wait for WAL first. */
      held: z.boolean().optional(),
      /** Left out of a claim. */
      replayed: z.string().nullable().optional(),
      systemIdentifier: z.string(),
    }),
  ])
  .transform(([row]) => row)

/** Where a standby stands. */
export const recovery = defineQuery<Server, typeof rows>({
  kind: 'postgres-recovery',
  id: () => 'recovery',
  query: () => sql`
    SELECT pg_is_in_recovery() AS "inRecovery",
           CASE WHEN pg_is_in_recovery() THEN pg_get_wal_replay_pause_state() = 'paused' ELSE false END
             AND b.bounded AS held,
           b.bounded,
           pg_last_wal_replay_lsn()::text AS replayed,
           (SELECT system_identifier::text FROM pg_control_system()) AS "systemIdentifier"
    FROM (SELECT current_setting('recovery_target') <> '' OR current_setting('recovery_target_lsn') <> '' AS bounded) b`,
  rows,
  // At each synchronisation it moves on to a new target, and is not held meanwhile.
  stable: ({ inRecovery, bounded, systemIdentifier }) => ({ inRecovery, bounded, systemIdentifier }),
})
