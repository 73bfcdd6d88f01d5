import { type Command, sh } from '../command.ts'
import { checkName } from './job-id.ts'
import { listing } from './listing.ts'

/**
 * A run's directory is renamed first: half of one must not look like jobs that never began. Output files are emptied, for a
 * daemon that a job has left behind may hold them open.
 */
const script = sh`
${listing}
baton_busy() {
  baton_settled "$1"
  [ "$baton_is" != running ] || baton_busy=1
}
baton_empty() {
  for baton_file in out err; do
    [ ! -e "$1/$baton_file" ] || true >"$1/$baton_file"
  done
}
baton_forget() {
  baton_busy=
  baton_each baton_busy "$1"
  [ -z "$baton_busy" ] || return 0
  baton_each baton_empty "$1"
  for baton_root in "$baton_home" "$baton_spare"; do
    baton_usable "$baton_root" && baton_mine "$baton_root/$1" || continue
    mv "$baton_root/$1" "$baton_root/.forgotten-$1" && rm -rf "$baton_root/.forgotten-$1"
  done
}
baton_forget "$1"
for baton_root in "$baton_home" "$baton_spare"; do
  baton_usable "$baton_root" || continue
  rm -rf "$baton_root"/.forgotten-*
  for baton_old in $(cd "$baton_root" && find . ! -name . -prune -type d -mtime +13); do
    baton_old=\${baton_old#./}
    case $baton_old in *[!0-9a-z-]*) continue ;; esac
    [ -n "$(find "$baton_root/$baton_old" -mtime -14)" ] || baton_forget "$baton_old"
  done
done
baton_head
baton_each baton_line "$1"
exit 0`

/**
 * Removes what the asking user's jobs of the run have left, if none of them is running; and what is left of other runs that
 * have had nothing to say for 14 days. A job that was forgotten would be begun again: this is for a run that is over.
 * What it prints is for `parseJobs`: the jobs that are still kept because one of them is running.
 */
export const forgetJobs = (run: string): Command => ({ script, args: [checkName(run)], timeoutMs: 120_000 })
