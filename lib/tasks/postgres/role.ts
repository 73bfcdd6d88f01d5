import { z } from 'zod'
import { change, claim } from '../../changes/change.ts'
import { defineTask } from '../../dsl/task.ts'
import { secretFile } from '../../facts/artifactory/secret-file.ts'
import { type RoleState, role as roleFact } from '../../facts/postgres/role.ts'
import { identifier, type Sql, sql } from '../../facts/postgres/sql.ts'
import { Secret } from '../../secret.ts'
import { absolutePath } from '../params.ts'
import { available } from './available.ts'
import { roleName } from './cluster-params.ts'
import { passwordIn } from './passfile-format.ts'
import { psql } from './psql.ts'
import { matchesVerifier, scramVerifier } from './scram.ts'

const functionSignature = z
  .string()
  .regex(
    /^[a-z_][a-z0-9_]*\([a-z0-9_, ]*\)$/,
    'must be a function with its types, for example "pg_promote(boolean, integer)"',
  )

const params = z.strictObject({
  name: roleName,
  port: z.number().int().default(5432),
  replication: z.boolean().default(false).describe('May start replication'),
  execute: z.array(functionSignature).default([]).describe('Functions it may call, at least'),
  password: z.instanceof(Secret).describe('Sent as a SCRAM verifier. Unchanged while the present one was made from it'),
  keptIn: z
    .strictObject({ host: z.string(), passfile: absolutePath })
    .optional()
    .describe(
      'A password that the role already has in this passfile wins over `password`, which then is only the first one',
    ),
})

/** Nothing of it may reach the server's log or the statistics of statements. */
const unlogged: readonly Sql[] = [
  sql`SET log_statement = 'none'`,
  sql`SET log_min_duration_statement = -1`,
  sql`SET log_min_error_statement = 'panic'`,
  sql`SET pg_stat_statements.track_utility = off`,
]

const statements = (p: z.output<typeof params>, now: RoleState, verifier: Secret | undefined): readonly Sql[] => {
  const name = identifier(p.name)
  return [
    ...unlogged,
    sql`BEGIN`,
    ...(now.exists ? [] : [sql`CREATE ROLE ${name}`]),
    sql`ALTER ROLE ${name} LOGIN ${{ text: p.replication ? 'REPLICATION' : 'NOREPLICATION' }}`,
    ...(verifier ? [sql`ALTER ROLE ${name} PASSWORD ${verifier.reveal()}`] : []),
    ...p.execute.map(f => sql`GRANT EXECUTE ON FUNCTION ${{ text: f }} TO ${name}`),
    sql`COMMIT`,
  ]
}

/** A role that can log in exists with this password and these rights. What else it may do is left alone. */
export const role = defineTask({
  name: 'role',
  params,
  title: p => `PostgreSQL role ${p.name}`,
  async plan(p, facts) {
    const fact = roleFact({ port: p.port, name: p.name, execute: p.execute })
    const [answer, kept] = await Promise.all([
      facts.get(fact),
      p.keptIn ? facts.on(p.keptIn.host).get(secretFile(p.keptIn.passfile)) : undefined,
    ])
    const now = available(answer, `the role ${p.name}`)
    const password = passwordIn(kept?.secret, p.name) ?? p.password
    const same = now.exists && matchesVerifier(now.verifier, password)
    if (now.exists && same && now.login && now.replication === p.replication && now.execute) return []
    const verifier = same ? undefined : scramVerifier(password)
    return [
      change({
        summary: now.exists ? `alter role ${p.name}` : `create role ${p.name}`,
        command: psql(p.port, ...statements(p, now, verifier)),
        makes: [
          claim(fact, {
            exists: true,
            login: true,
            replication: p.replication,
            execute: true,
            verifier: verifier ?? (now.exists ? now.verifier : undefined),
          }),
        ],
      }),
    ]
  },
})
