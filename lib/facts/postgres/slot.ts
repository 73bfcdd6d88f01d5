import { z } from 'zod'
import { defineQuery, type Server } from './query.ts'
import { sql } from './sql.ts'

const rows = z
  .array(
    z.strictObject({
      type: z.enum(['physical', 'logical']),
      /** `reserved`, `extended`, `unreserved`, `lost`; null: it has not reserved anything. */
      wal: z.string().nullable(),
    }),
  )
  .max(1)
  .transform(([found]) => (found ? { exists: true as const, ...found } : { exists: false as const }))

/** A replication slot. Source: https://www.postgresql.org/docs/current/view-pg-replication-slots.html */
export const slot = defineQuery<Server & { readonly name: string }, typeof rows>({
  kind: 'postgres-slot',
  id: ({ name }) => name,
  query: ({ name }) =>
    sql`SELECT slot_type AS type, wal_status AS wal FROM pg_replication_slots WHERE slot_name = ${name}`,
  rows,
  absent: answer => !answer.exists,
  // More or less WAL is kept as the standby falls behind and catches up; what is lost does not come back.
  stable: answer => (answer.exists ? { ...answer, wal: answer.wal === 'lost' ? 'lost' : 'kept' } : answer),
})
