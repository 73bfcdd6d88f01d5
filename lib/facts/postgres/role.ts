import { z } from 'zod'
import { Secret } from '../../secret.ts'
import { defineQuery, type Server } from './query.ts'
import { sql } from './sql.ts'

interface Question extends Server {
  readonly name: string
  /** Functions it should be allowed to call, as regprocedure: `pg_create_restore_point(text)`. */
  readonly execute: readonly string[]
}

const row = z.strictObject({
  login: z.boolean(),
  replication: z.boolean(),
  /** Whether it may call all of the functions. */
  execute: z.boolean(),
  /** As pg_authid stores it. Whoever has it can test passwords against it, so that it is a secret too. */
  verifier: z.string().nullable(),
})

const rows = z
  .array(row)
  .max(1)
  .transform(([found]) =>
    found
      ? {
          exists: true as const,
          ...found,
          verifier: found.verifier === null ? undefined : Secret.found(found.verifier),
        }
      : { exists: false as const },
  )

export type RoleState = z.output<typeof rows>

/** A role of a PostgreSQL server. Source: https://www.postgresql.org/docs/current/catalog-pg-authid.html */
export const role = defineQuery<Question, typeof rows>({
  kind: 'postgres-role',
  id: ({ name, execute }) => [name, ...execute].join(' '),
  query: ({ name, execute }) => sql`
    SELECT rolcanlogin AS login, rolreplication AS replication, rolpassword AS verifier,
           (SELECT coalesce(bool_and(has_function_privilege(a.oid, f::regprocedure, 'EXECUTE')), true)
            FROM unnest(string_to_array(${execute.join(';')}, ';')) f) AS execute
    FROM pg_authid a WHERE rolname = ${name}`,
  rows,
  absent: answer => !answer.exists,
  show: answer =>
    answer.exists
      ? {
          login: `${answer.login}`,
          replication: `${answer.replication}`,
          execute: `${answer.execute}`,
          password: answer.verifier ? 'set' : undefined,
        }
      : {},
  keeps: (claimed, observed) =>
    claimed.exists
      ? observed.exists &&
        observed.login === claimed.login &&
        observed.replication === claimed.replication &&
        observed.execute === claimed.execute &&
        (!claimed.verifier || observed.verifier?.equals(claimed.verifier) === true)
      : !observed.exists,
})
