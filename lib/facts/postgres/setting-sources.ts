import { z } from 'zod'
import { defineQuery, type Server } from './query.ts'
import { sql } from './sql.ts'

const rows = z
  .array(z.strictObject({ name: z.string(), file: z.string() }))
  .transform(found => ({ files: Object.fromEntries(found.map(({ name, file }) => [name, file])) }))

/**
 * From which file each setting is taken the next time the server reads its configuration: of several that set it, the last.
 * What ALTER SYSTEM wrote comes after all others. A name that no file sets is left out.
 * Source: https://www.postgresql.org/docs/current/view-pg-file-settings.html
 */
export const settingSources = defineQuery<Server & { readonly names: readonly string[] }, typeof rows>({
  kind: 'postgres-setting-sources',
  id: ({ names }) => names.join(' '),
  query: ({ names }) => sql`
    SELECT DISTINCT ON (name) name, sourcefile AS file FROM pg_file_settings
    WHERE name = ANY (string_to_array(${names.join(' ')}, ' ')) ORDER BY name, seqno DESC`,
  rows,
  show: ({ files }) => files,
})
