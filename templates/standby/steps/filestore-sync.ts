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
      find "$filestore" -mindepth 1 -maxdepth 1 -type d -name '[0-9a-f][0-9a-f]' >"$work/here" &&
        shards_here=$(wc -l <"$work/here") || fail "cannot read $filestore of this host"
      shards_before=0
      [ ! -e "$state/shards" ] || read -r shards_before <"$state/shards"
      [ "$shards_here" -gt 0 ] || [ "$shards_before" -eq 0 ] ||
        fail "$filestore of this host is empty, and it was not: is its file system mounted? If it is a new disk, remove $state/shards"
      copy_bare --list-only --no-recursive --dirs "$source/$filestore_path/" >"$work/source" 2>"$work/errors" || {
        cat "$work/errors" >&2
        fail "cannot read the filestore of the active, $source/$filestore_path: is its file system mounted?"
      }
      awk '$1 ~ /^d/ && $NF ~ /^[0-9a-f][0-9a-f]$/' "$work/source" >"$work/there" && shards=$(wc -l <"$work/there") ||
        fail "cannot count the directories of $source/$filestore_path"
      [ "$binaries" -eq 0 ] || [ "$shards" -gt 0 ] ||
        fail "the filestore of the active, $source/$filestore_path, is empty, but its database is not: is its file system mounted?"
      # Few directories come and go with few binaries; many are 256 or nearly.
      [ "$shards_before" -le 128 ] || [ $((shards * 10)) -ge $((shards_before * 9)) ] ||
        fail "the filestore of the active has $shards directories, $shards_before the last time: is its file system mounted? If it did shrink, remove $state/shards"
      # What a killed rsync was writing. None runs beside this one, and none writes a file for a day without touching it.
      find "$filestore" -mindepth 2 -maxdepth 2 -type f -regextype posix-extended \\
        -regex '.*/\\.[0-9a-f]{40}\\.[A-Za-z0-9]{6}' -mmin +1440 -delete || fail "cannot clean $filestore"
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
            denied=$(sed -n 's/.*opendir "\\([^"]*\\)".*Permission denied.*/\\1/p; s/.*open "\\([^"]*\\)".*Permission denied.*/\\1/p' "$work/errors" | head -n 5 | paste -s -d ' ' -)
            [ -z "$denied" ] || fail "Artifactory's own user on the active may not read $denied: chown it to that user; this was no complete copy"
            fail "rsync ended with code $code: this was no complete copy"
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
