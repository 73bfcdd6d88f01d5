import { sh } from '../../../lib/command.ts'
import type { DatabasePosition, FilestoreCopy } from '../step.ts'

/**
 * Copies what the position refers to. Nothing is ever deleted and nothing is written under its final name before it is
 * complete: --delete, --partial, --inplace and --append have no place here. A source that lost its file system fails before
 * anything is copied: its filestore has no directories while the database knows binaries, or a tenth fewer than the last time.
 * Exit codes: https://download.samba.org/pub/rsync/rsync.1#EXIT_VALUES
 */
const definition = sh`
    filestore_sync() {
      binaries=$(on_standby_artifactory -c "SELECT count(*) FROM (SELECT FROM binaries WHERE sha1 NOT LIKE '##%' LIMIT 1) b") ||
        fail "the standby's database does not answer"
      shards_here=$(find "$filestore" -mindepth 1 -maxdepth 1 -type d -name '[0-9a-f][0-9a-f]' | wc -l) ||
        fail "cannot read $filestore of this host"
      shards_before=0
      [ ! -e "$state/shards" ] || read -r shards_before <"$state/shards"
      [ "$shards_here" -gt 0 ] || [ "$shards_before" -eq 0 ] ||
        fail "$filestore of this host is empty, and it was not: is its file system mounted?"
      copy_bare --list-only --no-recursive --dirs "$source/$filestore_path/" >"$work/source" 2>"$work/errors" || {
        cat "$work/errors" >&2
        fail "cannot read the filestore of the active, $source/$filestore_path: is its file system mounted?"
      }
      shards=$(awk '$1 ~ /^d/ && $NF ~ /^[0-9a-f][0-9a-f]$/' "$work/source" | wc -l)
      [ "$binaries" -eq 0 ] || [ "$shards" -gt 0 ] ||
        fail "the filestore of the active, $source/$filestore_path, is empty, but its database is not: is its file system mounted?"
      [ $((shards * 10)) -ge $((shards_before * 9)) ] ||
        fail "the filestore of the active has $shards directories, $shards_before the last time: is its file system mounted?"
      pass_started=$(now)
      try=1
      while :; do
        say "copying $source/ to $destination/ (pass $try)"
        copy --stats "$source/" "$destination/" 2>"$work/errors" >"$work/statistics"
        code=$?
        cat "$work/statistics" "$work/errors" >>"$log_file"
        case $code in
          0) break ;;
          24)
            # What vanished under a directory for temporary files never mattered. A binary was collected; copying again does
            # not bring it back, and whether the position refers to it is what the verification finds out. All else: again.
            grep '^file has vanished' "$work/errors" >"$work/vanished" &&
              ! grep -Ev '/(_pre|tmp|temp|work|cache)/|/[0-9a-f]{40}"$' "$work/vanished" >"$work/serious" && break
            [ "$try" -lt 3 ] || fail "files keep vanishing on the active while they are copied: $(head -n 3 "$work/serious")"
            ;;
          *)
            cat "$work/errors" >&2
            fail "rsync ended with code $code (23: the account on the active may not read a file): this was no complete copy"
            ;;
        esac
        try=$((try + 1))
      done
      sync -f "$filestore" || fail "cannot flush $filestore"
      pass_ended=$(now)
    }`

/** Copies the active's var directory without its configuration, deleting nothing. */
export const filestoreSync = ({ after }: { readonly after: DatabasePosition }): FilestoreCopy => ({
  definition,
  call: ['filestore_sync'],
  before: after,
})
