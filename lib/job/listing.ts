import { sh } from '../command.ts'
import { places } from './places.ts'
import { state } from './state.ts'

/**
 * What scripts about the jobs of a user share.
 *
 * baton_each WORD [RUN]: calls the function with the directory of every job, or of those of the run. What is not named as a
 * job is passed over.
 * baton_settled DIR: baton_look, which gives a job that is just beginning a second to do so. One that has not is vanished: its
 * supervisor was killed.
 * baton_head, baton_line DIR: what jobs.ts reads.
 */
export const listing = sh`
${places}
${state}
baton_each() {
  for baton_base in "$baton_home" "$baton_spare"; do
    baton_usable "$baton_base" || continue
    for baton_dir in "$baton_base"/\${2:-*}/*/; do
      baton_dir=\${baton_dir%/}
      baton_name=\${baton_dir##*/} baton_run=\${baton_dir%/*}
      baton_run=\${baton_run##*/}
      case $baton_run$baton_name in *[!0-9a-z-]*) continue ;; esac
      baton_mine "\${baton_dir%/*}" && baton_mine "$baton_dir" || continue
      "$1" "$baton_dir"
    done
  done
}
baton_settled() {
  for baton_tries in 0 0 0 1; do
    baton_look "$1"
    [ "$baton_is" = beginning ] || return 0
    baton_sleep 30
  done
  baton_is=vanished
}
baton_head() {
  baton_boot
  baton_now
  baton_clock=$(date +%s)
  printf 'host %s %s\\n' "$baton_booted" "$baton_clock"
}
baton_line() {
  baton_settled "$1"
  baton_at=-
  case $baton_is in
    none) return 0 ;;
    ended) ;;
    *) baton_code=- baton_why=- ;;
  esac
  if baton_number "$baton_since" && [ "$baton_its_boot" = "$baton_booted" ]; then
    baton_at=$((baton_clock - (baton_time - baton_since) / 100))
  fi
  baton_number "$baton_command" || baton_command=-
  printf 'job %s %s %s %s %s %s %s\\n' \\
    "$baton_run" "$baton_name" "$baton_is" "$baton_command" "$baton_at" "$baton_code" "$baton_why"
}
baton_places`
