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
    # Where a database that is in recovery stands: 't|pause state|LSN|behind the position|not behind its end'; else 'f||||'.
    standing() {
      on_standby -c "
        SELECT r, CASE WHEN r THEN pg_get_wal_replay_pause_state() END, pg_last_wal_replay_lsn(),
               pg_last_wal_replay_lsn() > '$lsn', pg_last_wal_replay_lsn() <= '$reached'
        FROM (SELECT pg_is_in_recovery() AS r) x" 2>&1
    }

    # What the server itself says of why it does not move.
    reason() {
      on_standby -c "SELECT 'receiver: ' || coalesce((SELECT status FROM pg_stat_wal_receiver), 'none')" 2>/dev/null || :
      if [ -r "$database_log" ]; then tail -n 200 "$database_log"; else journalctl -q -n 200 --no-pager -u "$database_unit"; fi 2>/dev/null >"$work/log" || :
      # Its own end and beginning say nothing, and neither does who asked too early.
      grep -aE 'FATAL|WARNING|PANIC' "$work/log" | grep -Ev 'terminating|starting up|not yet accepting' | tail -n 3
      if grep -aq 'has already been removed' "$work/log"; then
        echo "WAY OUT: the active has removed WAL that this database needs; its copy has to be made anew (empty its data directory and run the playbook)"
      elif grep -aq 'insufficient parameter' "$work/log"; then
        echo "WAY OUT: a limit of the active was raised; run the playbook, which raises it here"
      fi
    }

    # The position cannot be reached, and a promotion would fail at it. The database is held where it is: that one can end.
    hold_between() {
      say "the database does not get to $lsn: $1"
      reason | tee -a "$log_file" >&2
      {
        echo "# Written by artifactory-standby-sync: the database did not reach $lsn, and is held between two recovery points."
        echo "# A promotion ends here. The filestore may lack what the database refers to here; the next cycle mends it."
        echo "recovery_target = 'immediate'"
        echo "recovery_target_action = 'pause'"
      } | replace "$hold_file" || fail "cannot write $hold_file"
      publish_state between "the database did not reach this point"
      restart_database 9>&- || fail "$1; and it did not restart where it was: its own log says why"
      waited=0
      while :; do
        answer=$(standing) || :
        case $answer in
          't|paused|'*) break ;;
          'f|'*) fail "$1; and it is not in recovery any more: it is a primary" ;;
        esac
        [ "$waited" -lt "$stall_seconds" ] || fail "$1; and it is not held after $waited s: $answer"
        waited=$((waited + 1))
        sleep 1
      done
      answer=\${answer#t|paused|}
      publish_state between "held between two points at \${answer%%|*}"
      fail "$1; it is held between two recovery points at \${answer%%|*}, where a promotion can end"
    }

    advance_database() {
      check_standby
      [ "$(on_standby -c "
        SELECT coalesce(greatest(pg_last_wal_replay_lsn(), (SELECT min_recovery_end_lsn FROM pg_control_recovery())) <= '$lsn', true)")" = t ] ||
        fail "the standby's database is beyond the position $lsn of the active: it would not start with it as its target. Did the active lose data, or was the standby let go?"
      publish_state advancing
      {
        echo "# Written by artifactory-standby-sync: the database waits here, and a promotion ends here. Restore point $name."
        echo "# If the log says 'recovery ended before configured recovery target was reached', the active's WAL does not go as far:"
        echo "# put recovery_target = 'immediate' in place of recovery_target_lsn and restart, and a promotion ends where it is."
        echo "recovery_target_lsn = '$lsn'"
        echo "recovery_target_inclusive = on"
        echo "recovery_target_action = 'pause'"
      } | replace "$hold_file" || fail "cannot write $hold_file"
      say "moving the database to $lsn"
      restart_database 9>&- || hold_between "the standby's database did not restart; its own log says why"
      before= still=0
      while :; do
        answer=$(standing) || :
        case $answer in
          't|paused|'*'|t|t') break ;;
          't|'*'|t|f') hold_between "the standby's database ran past the position: $answer" ;;
          'f|'*) fail "the standby's database is not in recovery: it is a primary" ;;
        esac
        if [ "$answer" = "$before" ]; then still=$((still + 1)); else before=$answer still=0; fi
        [ "$still" -lt "$stall_seconds" ] || hold_between "the standby's database has not moved for $stall_seconds s: $answer"
        sleep 1
      done
      # Another history can have a position of the same number: WAL that this host received before the active lost it.
      history=$(on_standby -c "SELECT greatest(timeline_id, (SELECT min_recovery_end_timeline FROM pg_control_recovery())) FROM pg_control_checkpoint()")
      [ "$history" = "$timeline" ] || {
        publish_state between "the database is on timeline \${history:-unknown}"
        fail "the standby's database is on timeline \${history:-unknown}, the active on $timeline: it is not known to have the active's history. Right after a promotion of the active the next cycle may pass; if none does, the copy has to be made anew"
      }
      say "the database stands at $answer"
    }`

/** Restarts the standby's database with the position as its recovery target, and waits until it stands there. */
export const advanceDatabase = (params: {
  readonly to: DatabasePosition
  readonly after: ConfigurationCopy
}): AdvancedDatabase => ({ definition, call: ['advance_database'], before: params.after })
