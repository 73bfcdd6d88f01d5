import { z } from 'zod'
import { defineQuery, type Server } from './query.ts'
import { sql } from './sql.ts'

const rows = z
  .array(
    z.strictObject({
      name: z.string(),
      /** In the server's unit. */
      setting: z.string(),
      /** `postmaster`: only a restart makes a change take effect. */
      context: z.string(),
      pending: z.boolean(),
    }),
  )
  .transform(found => ({ settings: found }))

/** Settings in force. Source: https://www.postgresql.org/docs/current/view-pg-settings.html */
export const settings = defineQuery<Server & { readonly names: readonly string[] }, typeof rows>({
  kind: 'postgres-settings',
  id: ({ names }) => names.join(' '),
  query: ({ names }) => sql`
    SELECT name, setting, context, pending_restart AS pending FROM pg_settings
    WHERE name = ANY (string_to_array(${names.join(' ')}, ' ')) ORDER BY name`,
  rows,
  show: answer => Object.fromEntries(answer.settings.map(s => [s.name, s.setting])),
})
