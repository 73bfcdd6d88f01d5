import { z } from 'zod'
import { sh } from '../../command.ts'
import { FactError } from '../../errors.ts'
import { showSafely } from '../../secret.ts'
import { defineFact, type Fact, type Shown } from '../fact.ts'
import type { Sql } from './sql.ts'

/** PostgreSQL, or what is asked about, could not be asked: that is not the same as *absent*. */
export interface Unavailable {
  readonly unavailable: string
}

/** Where to ask: over the local socket, as the operating-system user postgres. */
export interface Server {
  readonly port: number
  /** Left out: `postgres`. */
  readonly database?: string
}

interface QueryKind<Q extends Server, S extends z.ZodType> {
  readonly kind: string
  id(question: Q): string
  /** A SELECT, without a semicolon. */
  query(question: Q): Sql
  /** Of the rows, as JSON. Large integers must be cast to text by the query. */
  readonly rows: S
  absent?(rows: z.output<S>): boolean
  show?(rows: z.output<S>): Shown
  keeps?(claimed: z.output<S>, observed: z.output<S>): boolean
  /** See FactKind.stable. */
  stable?(rows: z.output<S>): unknown
}

export const isUnavailable = (answer: unknown): answer is Unavailable =>
  typeof answer === 'object' && answer !== null && 'unavailable' in answer

const groupsOf = <Q extends Server>(questions: readonly Q[]): Map<string, Q[]> => {
  const groups = new Map<string, Q[]>()
  for (const question of questions) {
    const key = `${question.port}/${question.database ?? 'postgres'}`
    groups.set(key, [...(groups.get(key) ?? []), question])
  }
  return groups
}

/**
 * A server that is just being restarted, as a standby's is at each synchronisation, answers in a moment; one that is stopped
 * does not, and is not waited for.
 */
const passing = sh`
  passing() {
    case $1 in *'starting up'* | *'shutting down'* | *'not yet accepting connections'*) return 0 ;; esac
    [ -n "$(systemctl list-jobs --no-legend 'postgresql*' 2>/dev/null)" ]
  }
  psql_settled() {
    for try in 1 2 3 4 5 6 7 8 9 10; do
      answer=$(printf '%s\\n' "$3" | $as psql -X -q -At -p "$1" -d "$2" 2>&1) && return 0
      passing "$answer" || return 1
      sleep 0.5
    done
    return 1
  }`

const ask = sh`
  export LC_ALL=C PGOPTIONS='-c default_transaction_read_only=on -c statement_timeout=60s' PGCONNECT_TIMEOUT=10
  cd /
  as='runuser -u postgres --'
  [ "$(id -un)" != postgres ] || as=
  ${passing}
  while [ $# -ge 3 ]; do
    if ! command -v psql >/dev/null; then echo '@x psql is not installed'
    elif psql_settled "$1" "$2" "$3"; then printf '%s\\n' "$answer"
    else printf '@x %s\\n' "$(printf '%s\\n' "$answer" | head -n 1)"
    fi
    echo @.
    shift 3
  done`

/**
 * A kind of question to a PostgreSQL. All of a kind for one database are one psql process, in read-only transactions. Every
 * answer is one line, `@j [{"...` or `@e what is wrong`; a server that does not answer is `@x why`.
 * Source: https://www.postgresql.org/docs/current/app-psql.html
 */
export const defineQuery = <Q extends Server, S extends z.ZodType>(
  definition: QueryKind<Q, S>,
): ((question: Q) => Fact<z.output<S> | Unavailable>) => {
  type A = z.output<S> | Unavailable
  const { absent, show, keeps, stable } = definition
  return defineFact<Q, A>({
    kind: definition.kind,
    id: question => `${definition.id(question)}@${question.port}`,
    ask: questions => ({
      script: ask,
      args: [...groupsOf(questions).values()].flatMap(group => [
        `${group[0]!.port}`,
        group[0]!.database ?? 'postgres',
        group
          .map(
            question =>
              `SELECT '@j ' || coalesce(jsonb_agg(to_jsonb(q)), '[]')::text FROM (${definition.query(question).text}) q;\n` +
              '\\if :ERROR\n\\echo @e :LAST_ERROR_MESSAGE\n\\endif',
          )
          .join('\n'),
      ]),
      timeoutMs: 120_000,
    }),
    parse: ({ code, stdout, stderr }, questions) => {
      if (code !== 0) throw new FactError(`cannot ask PostgreSQL: ${stderr.toString().trim() || `exit code ${code}`}`)
      const blocks = stdout.toString().split(/^@\.\n/m)
      const answers = new Map<Q, A>()
      for (const [i, group] of [...groupsOf(questions).values()].entries()) {
        const lines = (blocks[i] ?? '').split('\n').filter(line => /^@[jex] /.test(line))
        const dead = lines.find(line => line.startsWith('@x '))
        for (const [n, question] of group.entries()) {
          const line = dead ?? lines[n]
          if (line === undefined) throw new FactError(`psql gave no answer about ${definition.id(question)}`)
          answers.set(
            question,
            line.startsWith('@j ') ? parseRows(definition, line.slice(3)) : { unavailable: line.slice(3) },
          )
        }
      }
      return questions.map(question => answers.get(question)!)
    },
    absent: answer => isUnavailable(answer) || (absent?.(answer) ?? false),
    show: answer =>
      isUnavailable(answer) ? {} : (show?.(answer) ?? Object.fromEntries(Object.entries(answer as object).map(shown))),
    // Why it does not answer is worded differently from time to time.
    stable: answer => (isUnavailable(answer) ? { unavailable: true } : stable ? stable(answer) : answer),
    ...(keeps && {
      keeps: (claimed: A, observed: A) =>
        !isUnavailable(claimed) && !isUnavailable(observed) && keeps(claimed, observed),
    }),
  })
}

const shown = ([name, value]: [string, unknown]): [string, string | undefined] => [
  name,
  value === undefined || value === null ? undefined : String(value),
]

const parseRows = <Q extends Server, S extends z.ZodType>(kind: QueryKind<Q, S>, text: string): z.output<S> => {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new FactError(`psql printed no JSON about ${kind.kind}: ${showSafely(text, 100)}`)
  }
  const rows = kind.rows.safeParse(json)
  if (!rows.success) throw new FactError(`PostgreSQL says about ${kind.kind}: ${z.prettifyError(rows.error)}`)
  return rows.data
}
