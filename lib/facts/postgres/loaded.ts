import { z } from 'zod'
import { defineQuery, type Server } from './query.ts'
import { sql } from './sql.ts'

const rows = z
  .tuple([
    z.strictObject({
      /** The server read its configuration after the file was last written. */
      loaded: z.boolean(),
      /** What the server finds wrong in its configuration files. */
      errors: z.array(z.string()),
    }),
  ])
  .transform(([row]) => row)

/** Has the server read this configuration file, and is it sound? */
export const loaded = defineQuery<Server & { readonly file: string }, typeof rows>({
  kind: 'postgres-loaded',
  id: ({ file }) => file,
  query: ({ file }) => sql`
    SELECT coalesce(pg_conf_load_time() >= (pg_stat_file(${file}, true)).modification, true) AS loaded,
           to_jsonb(ARRAY(SELECT concat('line ', line_number, ': ', error) FROM pg_hba_file_rules WHERE error IS NOT NULL
             UNION ALL SELECT concat(sourcefile, ' line ', sourceline, ': ', name, ': ', error) FROM pg_file_settings
             WHERE error IS NOT NULL AND error <> 'setting could not be applied')) AS errors`,
  rows,
  show: ({ loaded, errors }) => ({ loaded: loaded ? 'yes' : 'no', errors: errors.join('; ') || undefined }),
})
