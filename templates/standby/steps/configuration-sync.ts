import { sh } from '../../../lib/command.ts'
import type { ConfigurationCopy, FilestoreCopy } from '../step.ts'

/**
 * Makes var/etc equal, but for what belongs to the node. Deletes, inside etc only and after everything was copied; what is
 * excluded is protected from that. A source without its directories is not mounted, and nothing happens.
 */
const definition = sh`
    configuration_sync() {
      check_standby
      copy_bare --list-only --no-recursive --dirs "$source/etc/" >"$work/source" 2>"$work/errors" || {
        cat "$work/errors" >&2
        fail "cannot read the configuration of the active, $source/etc"
      }
      awk '$1 ~ /^d/ && $NF == "artifactory" { found = 1 } END { exit !found }' "$work/source" ||
        fail "the configuration of the active, $source/etc, has no directory artifactory: is its file system mounted?"
      [ -d "$destination/etc" ] || fail "$destination/etc is not there: is Artifactory installed?"
      set -- --delete-after --max-delete=100
      for keep in /system.yaml /security/ '/**.lock' '/**.pid'; do set -- "$@" --exclude="$keep"; done
      copy_bare "$@" "$source/etc/" "$destination/etc/" >>"$log_file" 2>"$work/errors" || {
        code=$?
        cat "$work/errors" >&2
        fail "rsync of the configuration ended with code $code"
      }
    }`

/** Copies var/etc, except keys (the playbook sees to them) and what belongs to the node. */
export const configurationSync = ({ after }: { readonly after: FilestoreCopy }): ConfigurationCopy => ({
  definition,
  call: ['configuration_sync'],
  before: after,
})
