import { type Command, sh } from '../command.ts'
import { endAll } from './end-all.ts'
import { checkName } from './job-id.ts'
import { listing } from './listing.ts'

/**
 * The word to end is written first: a command that is about to begin finds it, and does not. Whose supervisor is gone may have
 * left something behind; it is in that session as long as the pid was not given to somebody else.
 */
const script = sh`
${listing}
${endAll}
baton_forbid() {
  baton_ended "$1" || true >"$1/end"
}
baton_end_one() {
  baton_settled "$1"
  case $baton_is in none | ended) return 0 ;; esac
  baton_boot
  [ "$baton_its_boot" = "$baton_booted" ] || return 0
  baton_watcher=none
  [ ! -e "$1/watch" ] || read -r baton_watcher <"$1/watch"
  if baton_process "$baton_leader" && [ "$baton_start" != "$baton_leader_start" ]; then baton_leader=none; fi
  baton_end_all "$baton_leader" "$baton_command:$baton_command_start" "$baton_watcher"
  for baton_turn in 1 2 3 4 5 6 7 8 9 10; do
    baton_look "$1"
    [ "$baton_is" = running ] || break
    baton_sleep 20
  done
}
baton_each baton_forbid "$1"
baton_each baton_end_one "$1"
baton_head
baton_each baton_line "$1"
exit 0`

/**
 * Ends all jobs of the run that the asking user has, with all their processes: TERM, 2 s, KILL. Who follows one is told that it
 * was `stopped`. What it prints is for `parseJobs`: the jobs of the run as they are now. One that is still `running` cannot be
 * ended.
 */
export const endJobs = (run: string): Command => ({ script, args: [checkName(run)], timeoutMs: 120_000 })
