import { sh } from '../../../lib/command.ts'
import type { DatabasePosition } from '../step.ts'

/**
 * Takes a position of the active's database: the WAL position before a restore point, and its end. Whatever record comes
 * first behind the former lies before the latter, so a recovery that stops at the first record behind it stops between the
 * two, on an idle server too. The transaction id makes the commit flush: else the restore point could wait 15 s for that.
 * It waits for no synchronous standby, which may be the very one that is away.
 * https://www.postgresql.org/docs/current/functions-admin.html#FUNCTIONS-ADMIN-BACKUP
 */
const definition = sh`
    database_position() {
      name="baton-$(date -u +%Y%m%dT%H%M%SZ)-$(od -An -N4 -tx1 /dev/urandom | tr -d ' \\n')"
      answer=$(on_active -v name="$name" <<'SQL'
    SET synchronous_commit = local;
    SELECT pg_current_wal_insert_lsn() AS lsn \\gset
    SELECT system_identifier AS system FROM pg_control_system() \\gset
    SELECT txid_current() AS xid, pg_create_restore_point(:'name') AS reached,
           to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at \\gset
    SELECT ('x' || left(pg_walfile_name(:'reached'), 8))::bit(32)::int AS timeline \\gset
    SELECT :'lsn', :'reached', :'system', :'timeline', :'at';
    SQL
      ) || fail "the active's database gives no position (is it up, is it the active, may the role connect?)"
      IFS='|' read -r lsn reached system timeline at <<EOT
    $answer
    EOT
      case $lsn$reached in *[!0-9A-F/]* | '') fail "the active's database gave a position that is none: $answer" ;; esac
      case $system$timeline in *[!0-9]* | '') fail "the active's database gave an identity that is none: $answer" ;; esac
      case $at in *[!0-9TZ:.-]* | '') fail "the active's database gave a time that is none: $answer" ;; esac
      own=$(on_standby -c 'SELECT system_identifier FROM pg_control_system()') ||
        fail "the standby's database does not answer"
      [ "$own" = "$system" ] ||
        fail "the standby's database belongs to cluster $own, the active's to $system: this is not its standby"
      say "position $name at $lsn ($at) of cluster $system"
    }`

/** The first step of a cycle. */
export const databasePosition = (): DatabasePosition => ({ definition, call: ['database_position'] })
