import { type Command, type Script, sh } from '../../command.ts'
import type { Sql } from '../../facts/postgres/sql.ts'
import { Secret } from '../../secret.ts'

/** Begins a script that calls `as_postgres PROGRAM ...`, as root or as postgres. */
export const asPostgres: Script = sh`
  export LC_ALL=C PGCONNECT_TIMEOUT=10
  cd /
  as_postgres() { if [ "$(id -un)" = postgres ]; then "$@"; else runuser -u postgres -- "$@"; fi; }`

/** Runs SQL over the local socket. It travels on stdin, as a secret: no process list and no log of ours sees it. */
export const psql = (port: number, ...statements: readonly Sql[]): Command => ({
  script: sh`
    ${asPostgres}
    as_postgres psql -X -q -v ON_ERROR_STOP=1 -p "$1" -d postgres`,
  args: [`${port}`],
  stdin: Secret.document(statements.map(s => `${s.text};\n`).join('')),
  timeoutMs: 120_000,
})

/** `$1` port. Makes the server read its configuration again, and waits until it has: the signal alone is no proof. */
export const reloadServer: Script = sh`
  ${asPostgres}
  ask() { as_postgres psql -X -q -At -v ON_ERROR_STOP=1 -p "$port" -d postgres -c "$1"; }
  port=$1
  before=$(ask 'SELECT pg_conf_load_time()') && ask 'SELECT pg_reload_conf()' >/dev/null || exit 1
  for _ in 1 2 3 4 5 6 7 8 9 10; do
    [ "$(ask 'SELECT pg_conf_load_time()')" = "$before" ] || exit 0
    sleep 0.5
  done
  echo "PostgreSQL on port $port did not read its configuration again" >&2
  exit 1`
