import { z } from 'zod'
import { defineQuery, type Server } from './query.ts'
import { sql } from './sql.ts'

const rows = z
  .tuple([
    z.strictObject({
      /** The same on a primary and all of its standbys, and on no other cluster. */
      systemIdentifier: z.string().regex(/^\d+$/),
      inRecovery: z.boolean(),
      /** Major version: `17`. */
      major: z.string(),
      /** What a standby must not have less of. */
      limits: z.record(z.string(), z.string()),
      listen: z.string(),
      /** Bytes of all databases. */
      bytes: z.number(),
    }),
  ])
  .transform(([row]) => row)

/**
 * Which cluster a server runs, and in which role.
 * Limits: https://www.postgresql.org/docs/current/hot-standby.html#HOT-STANDBY-ADMIN
 */
export const serverIdentity = defineQuery<Server, typeof rows>({
  kind: 'postgres-server',
  id: () => 'server',
  query: () => sql`
    SELECT (SELECT system_identifier::text FROM pg_control_system()) AS "systemIdentifier",
           pg_is_in_recovery() AS "inRecovery",
           (current_setting('server_version_num')::int / 10000)::text AS major,
           (SELECT jsonb_object_agg(name, setting) FROM pg_settings WHERE name IN ('max_connections',
             'max_prepared_transactions', 'max_locks_per_transaction', 'max_wal_senders', 'max_worker_processes')) AS limits,
           current_setting('listen_addresses') AS listen,
           (SELECT sum(pg_database_size(oid)) FROM pg_database) AS bytes`,
  rows,
  stable: ({ bytes: _, ...rest }) => rest,
  show: ({ systemIdentifier, inRecovery }) => ({ systemIdentifier, role: inRecovery ? 'standby' : 'primary' }),
})
