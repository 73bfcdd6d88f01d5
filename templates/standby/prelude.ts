import { sh } from '../../lib/command.ts'

/** What every step of the job uses: messages, state, how to reach the databases, and the copy itself. */
export const prelude = sh`
    now() { date -u +%Y-%m-%dT%H:%M:%SZ; }
    say() { printf '%s %s\\n' "$(now)" "$*" | tee -a "$log_file"; }
    fail() {
      say "FAILED: $*" >&2
      exit 1
    }

    # Both passwords-free: the one through the passfile, the other over the local socket.
    on_active() { runuser -u "$database_user" -- psql -X -q -At -v ON_ERROR_STOP=1 -d "$active_database" "$@"; }
    on_standby() { runuser -u "$database_user" -- psql -X -q -At -v ON_ERROR_STOP=1 -h "$socket" -p "$port" -d postgres "$@"; }
    on_standby_artifactory() {
      runuser -u "$database_user" -- psql -X -q -At -v ON_ERROR_STOP=1 -h "$socket" -p "$port" -d "$artifactory_database" "$@"
    }
    restart_database() { systemctl restart "$database_unit"; }

    copy_bare() {
      set -- -a --numeric-ids --timeout="$timeout_seconds" "$@"
      if [ -n "$remote_shell" ]; then set -- -e "$remote_shell" "$@"; fi
      runuser -u "$copy_user" -- rsync "$@" 9>&-
    }
    copy() { copy_bare --exclude-from="$excludes" "$@"; }

    # Everything printed here was checked to be free of quotes, or is JSON already.
    publish_state() {
      target=$state/recovery-point.json
      {
        printf '{"format":1,"state":"%s","updatedAt":"%s",' "$1" "$(now)"
        printf '"systemIdentifier":"%s","timeline":%d,' "$system" "$timeline"
        printf '"position":{"restorePoint":"%s","lsn":"%s","end":"%s","databaseTime":"%s"},' "$name" "$lsn" "$reached" "$at"
        printf '"pass":{"startedAt":"%s","endedAt":"%s"},' "$pass_started" "$pass_ended"
        if [ "$1" = advancing ]; then printf '"counts":null,"missing":[],'; else
          printf '"counts":{"binaries":%s,"referenced":%s,"bytes":%s,' "$binaries" "$referenced" "$bytes"
          printf '"missing":%s,"wrongLength":%s,"corrupt":%s,"hashed":%s,' "$missing" "$wrong" "$corrupt" "$hashed"
          printf '"missingUnreferenced":%s,"extra":%s,"extraBytes":%s},"missing":%s,' "$unreferenced" "$extra" "$extra_bytes" "$artifacts"
        fi
        printf '"artifactoryVersion":"%s"}\\n' "$artifactory_version"
      } >"$target.$$" && chmod 0644 "$target.$$" && sync "$target.$$" && mv -f "$target.$$" "$target" && sync "$state" ||
        fail "cannot write $target"
    }

    # The standby, and nothing else: whoever writes here must not be the active.
    check_standby() {
      case $(systemctl is-active "$artifactory_unit") in
        inactive | failed | unknown) ;;
        *) fail "$artifactory_unit runs on this host: it may be the active, and nothing is copied over an active" ;;
      esac
      case $(on_standby -c "SELECT pg_is_in_recovery(), current_setting('recovery_target') <> '' OR current_setting('recovery_target_lsn') <> ''") in
        't|t') ;;
        't|f') fail "the database of this host follows the active without a limit, and may be ahead of the filestore: run the playbook" ;;
        'f|'*) fail "the database of this host is not in recovery: it may be the active, and nothing is copied over an active" ;;
        *) fail "the database of this host does not answer" ;;
      esac
      [ -d "$filestore" ] && [ ! -L "$filestore" ] || fail "$filestore is no directory of this host: is its file system mounted?"
    }`
