import { z } from 'zod'
import { defineQuery, type Server } from './query.ts'
import { sql } from './sql.ts'

const rows = z
  .array(z.strictObject({ version: z.string().nullable() }))
  .max(1)
  .transform(([found]) => ({ version: found?.version ?? undefined }))

/**
 * The version of the library by which this very server sorts a database's text; `undefined`: no library has a say in it, or
 * there is no such database. From PostgreSQL 15 on.
 * Source: https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-COLLATION
 */
export const collation = defineQuery<Server & { readonly of: string }, typeof rows>({
  kind: 'postgres-collation',
  id: ({ of }) => of,
  query: ({ of }) =>
    sql`SELECT pg_database_collation_actual_version(oid) AS version FROM pg_database WHERE datname = ${of}`,
  rows,
})
