import { sh } from '../../../lib/command.ts'
import type { Publication, Verification } from '../step.ts'

/** What the filestore lacks is named as repository and path, at most 100 of them, so that people know what it is. */
const definition = sh`
    publish() {
      artifacts='[]'
      if [ "$verdict" = incomplete ]; then
        list=$(head -n 100 "$work/bad" | cut -d ' ' -f 1 | paste -s -d , -)
        artifacts=$(on_standby_artifactory -v list="$list" <<'SQL'
    SELECT coalesce(jsonb_agg(path), '[]') FROM (
      SELECT concat_ws('/', n.repo, nullif(n.node_path, '.'), n.node_name) AS path FROM nodes n
      WHERE n.sha1_actual = ANY (string_to_array(:'list', ',')::bpchar[]) ORDER BY 1 LIMIT 100) p;
    SQL
        ) || fail "cannot name what is missing"
        say "INCOMPLETE: the database refers to what the filestore lacks: $artifacts"
        head -n 100 "$work/bad" | tee -a "$log_file" >&2
      else
        echo "$shards" | replace "$state/shards" || fail "cannot write to $state"
      fi
      check_standby
      stands=$(on_standby -c "SELECT pg_last_wal_replay_lsn() > '$lsn' AND pg_last_wal_replay_lsn() <= '$reached'")
      [ "$stands" = t ] || fail "the database does not stand at $lsn any more: somebody moved it"
      publish_state "$verdict"
      say "recovery point $name: $verdict"
    }`

/** The last step: writes the recovery point, verified or incomplete. */
export const publish = ({ what }: { readonly what: Verification }): Publication => ({
  definition,
  call: ['publish'],
  before: what,
})
