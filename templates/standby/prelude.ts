import { sh } from '../../lib/command.ts'

/** What every step of the job uses: messages, state, how to reach the databases, and the copy itself. */
export const prelude = sh`
    now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
    say() { printf '%s %s\\n' "$(now)" "$*" | tee -a "$log_file"; }
    fail() {
      say "FAILED: $*" >&2
      exit 1
    }

    # Both passwords-free: the one through the passfile, the other over the local socket. No question waits for ever: the
    # small ones get question_seconds, the list of all binaries an hour.
    question_seconds=120
    ask() {
      limit=$1
      shift
      timeout -k 5 "$limit" runuser -u "$database_user" -- psql -X -q -At -v ON_ERROR_STOP=1 "$@"
    }
    on_active() { ask "$question_seconds" -d "$active_database" "$@"; }
    on_standby() { ask "$question_seconds" -h "$socket" -p "$port" -d postgres "$@"; }
    on_standby_artifactory() { ask 3600 -h "$socket" -p "$port" -d "$artifactory_database" "$@"; }
    restart_database() { systemctl restart "$database_unit"; }

    copy_bare() {
      set -- -a --numeric-ids --timeout="$timeout_seconds" "$@"
      if [ -n "$remote_shell" ]; then set -- -e "$remote_shell" "$@"; fi
      runuser -u "$copy_user" -- rsync "$@" 9>&-
    }
    copy() { copy_bare --exclude-from="$excludes" "$@"; }

    # stdin becomes a file, durably, or the old one stays. One name for what is not finished: the lock is held, so nobody else
    # writes it, and what a kill left there is written over.
    replace() {
      cat >"$1.part" && chmod 0644 "$1.part" && sync "$1.part" && mv -f "$1.part" "$1" && sync "$(dirname "$1")"
    }

    recovery_point=$state/recovery-point.json
    plain() { printf %s "$*" | tr -c 'A-Za-z0-9 .,:;()/_-' ' '; }

    # Everything printed here was checked to be free of quotes, or is JSON already.
    publish_state() {
      {
        printf '{"format":1,"state":"%s","updatedAt":"%s",' "$1" "$(now)"
        [ -z "\${2-}" ] || printf '"note":"%s",' "$(plain "$2")"
        printf '"systemIdentifier":"%s","timeline":%d,' "$system" "$timeline"
        printf '"position":{"restorePoint":"%s","lsn":"%s","end":"%s","databaseTime":"%s"},' "$name" "$lsn" "$reached" "$at"
        printf '"pass":{"startedAt":"%s","endedAt":"%s"},' "$pass_started" "$pass_ended"
        case $1 in advancing | between) printf '"counts":null,"missing":[],' ;; *)
          printf '"counts":{"binaries":%s,"referenced":%s,"bytes":%s,' "$binaries" "$referenced" "$bytes"
          printf '"missing":%s,"wrongLength":%s,"corrupt":%s,"hashed":%s,' "$missing" "$wrong" "$corrupt" "$hashed"
          printf '"missingUnreferenced":%s,"extra":%s,"extraBytes":%s},"missing":%s,' "$unreferenced" "$extra" "$extra_bytes" "$artifacts"
        esac
        printf '"artifactoryVersion":"%s"}\\n' "$artifactory_version"
      } | replace "$recovery_point" || fail "cannot write $recovery_point"
    }

    # What was published is no recovery point any more: a promotion would not end there. $1 state, $2 note
    disown() {
      [ -e "$recovery_point" ] || return 0
      text=$(sed -e 's|"note":"[^"]*",||' \\
        -e "s|\\"state\\":\\"[a-z]*\\",\\"updatedAt\\":\\"[^\\"]*\\",|\\"state\\":\\"$1\\",\\"updatedAt\\":\\"$(now)\\",\\"note\\":\\"$(plain "$2")\\",|" \\
        "$recovery_point") && printf '%s\\n' "$text" | replace "$recovery_point" || fail "cannot write $recovery_point"
    }

    # The standby, and nothing else: whoever writes here must not be the active. Asked again before each step that writes,
    # because a copy takes hours and a failover does not wait for it.
    check_standby() {
      case $(systemctl is-active "$artifactory_unit") in
        inactive | failed | unknown) ;;
        *) fail "$artifactory_unit runs on this host: it may be the active, and nothing is copied over an active" ;;
      esac
      case $(on_standby -c "
        SELECT CASE WHEN NOT pg_is_in_recovery() THEN 'primary'
          WHEN current_setting('recovery_target') <> '' OR current_setting('recovery_target_lsn') <> '' THEN 'held'
          ELSE 'free' END") in
        held) ;;
        free)
          disown following "the database follows the active without a limit and may be ahead of the filestore"
          fail "the database of this host follows the active without a limit, and may be ahead of the filestore: run the playbook"
          ;;
        primary) fail "the database of this host is not in recovery: it may be the active, and nothing is copied over an active" ;;
        *) fail "the database of this host does not answer" ;;
      esac
      [ -d "$filestore" ] && [ ! -L "$filestore" ] || fail "$filestore is no directory of this host: is its file system mounted?"
    }

    # Whether the published point is still where the database stands. One that is on its way there after a restart is.
    check_published() {
      grep -Eqs '"state":"(verified|incomplete)"' "$recovery_point" || return 0
      published=$(sed -n 's|.*"lsn":"\\([0-9A-F/]*\\)","end":"\\([0-9A-F/]*\\)".*|\\1 \\2|p' "$recovery_point")
      case $(on_standby -v lsn="\${published% *}" -v end="\${published#* }" <<'SQL'
    SELECT CASE WHEN pg_last_wal_replay_lsn() > :'end' THEN 'beyond'
      WHEN pg_last_wal_replay_lsn() <= :'lsn' AND pg_get_wal_replay_pause_state() = 'paused' THEN 'before'
      ELSE 'there' END;
    SQL
      ) in
        there) ;;
        beyond | before)
          disown between "the database does not stand at this point any more"
          say "the database does not stand at the recovery point that was published: it is none any more"
          ;;
        *) fail "the database of this host does not answer" ;;
      esac
    }`
