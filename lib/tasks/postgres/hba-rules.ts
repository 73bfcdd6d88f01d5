import { z } from 'zod'
import { defineTask } from '../../dsl/task.ts'
import { Refusal } from '../../errors.ts'
import { loaded } from '../../facts/postgres/loaded.ts'
import { isUnavailable } from '../../facts/postgres/query.ts'
import { block } from '../block.ts'
import { clusterParams, configurationOf, roleName } from './cluster-params.ts'
import { reload } from './reload.ts'

const rule = z.strictObject({
  type: z.enum(['host', 'hostssl', 'hostnossl']).default('host'),
  database: z
    .string()
    .regex(/^[a-z_][a-z0-9_]*$/)
    .describe('`replication` means replication connections, not a database'),
  user: roleName,
  address: z.union([z.cidrv4(), z.cidrv6()], 'must be an address with its prefix, for example 198.51.100.3/32'),
  method: z.enum(['scram-sha-256', 'cert', 'reject']).default('scram-sha-256'),
})

const params = z.strictObject({
  ...clusterParams,
  name: z.string().describe('Tells these rules from others in the file'),
  rules: z.array(rule).min(1),
})

/**
 * Rules of pg_hba.conf, in a block before all others, because the first rule that matches decides. The server reads them, and
 * must find nothing wrong. Source: https://www.postgresql.org/docs/current/auth-pg-hba-conf.html
 */
export const hbaRules = defineTask({
  name: 'hbaRules',
  params,
  title: p => `pg_hba.conf: ${p.name}`,
  async plan(p, facts) {
    const path = `${configurationOf(p)}/pg_hba.conf`
    const [edits, state] = await Promise.all([
      block({
        path,
        name: p.name,
        content: p.rules.map(r => [r.type, r.database, r.user, r.address, r.method].join('\t')).join('\n'),
        before: 'start',
      }).plan(facts),
      facts.get(loaded({ port: p.port, file: path })),
    ])
    if (isUnavailable(state)) return edits
    if (state.errors.length > 0)
      throw new Refusal(`PostgreSQL finds its configuration wrong: ${state.errors.join('; ')}`, {
        hint: 'Nothing is added to a configuration that cannot be loaded.',
      })
    return edits.length > 0 || !state.loaded ? [...edits, reload(p.port, path)] : []
  },
})
