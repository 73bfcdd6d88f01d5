import { sh } from '../../../lib/command.ts'
import type { AdvancedDatabase, ConfigurationCopy, DatabasePosition } from '../step.ts'

/**
 * Moves the standby's database to the position, and no further: the position is its recovery target, and a promotion of a
 * server that waits at its target ends recovery right there, whatever WAL it has received (tried on PostgreSQL 15 and 17;
 * a pause alone does not hold). A target by LSN, because a target by name that is missed would be run past; a server that is
 * beyond its target LSN refuses to start.
 * https://www.postgresql.org/docs/current/runtime-config-wal.html#RUNTIME-CONFIG-WAL-RECOVERY-TARGET
 */
const definition = sh`
    advance_database() {
      publish_state advancing
      temporary=$hold_file.$$
      {
        echo "# Written by artifactory-standby-sync: the database waits here, and a promotion ends here. Restore point $name."
        echo "recovery_target_lsn = '$lsn'"
        echo "recovery_target_inclusive = on"
        echo "recovery_target_action = 'pause'"
      } >"$temporary" && chmod 0644 "$temporary" && sync "$temporary" && mv -f "$temporary" "$hold_file" &&
        sync "$(dirname "$hold_file")" || fail "cannot write $hold_file"
      say "moving the database to $lsn"
      restart_database 9>&- || fail "the standby's database did not restart; its own log says why"
      before= still=0
      while :; do
        answer=$(on_standby -c "
          SELECT pg_is_in_recovery(), pg_get_wal_replay_pause_state(), pg_last_wal_replay_lsn(),
                 pg_last_wal_replay_lsn() > '$lsn', pg_last_wal_replay_lsn() <= '$reached'" 2>&1) || :
        case $answer in
          't|paused|'*'|t|t') break ;;
          't|'*'|t|f') fail "the standby's database ran past the position $lsn: $answer" ;;
          'f|'*) fail "the standby's database is not in recovery: it is a primary" ;;
        esac
        if [ "$answer" = "$before" ]; then still=$((still + 1)); else before=$answer still=0; fi
        [ "$still" -lt "$stall_seconds" ] || fail "the standby's database has not moved for $stall_seconds s: $answer"
        sleep 1
      done
      say "the database stands at $answer"
    }`

/** Restarts the standby's database with the position as its recovery target, and waits until it stands there. */
export const advanceDatabase = (params: {
  readonly to: DatabasePosition
  readonly after: ConfigurationCopy
}): AdvancedDatabase => ({ definition, call: ['advance_database'], before: params.after })
