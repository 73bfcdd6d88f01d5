import { type Command, sh } from '../command.ts'
import { quote } from '../connection/quote.ts'
import { endAll } from './end-all.ts'
import { sizes } from './sizes.ts'
import { state } from './state.ts'

/** The command's input to its last byte, before anything else: who sends it may be ended at any moment. See `inputText`. */
const input = sh`
baton_text=$(cat <&3)
case $baton_text in *'\\.') ;; *) exit 4 ;; esac
baton_text=\${baton_text%??}`

/**
 * Leaves with 3 when somebody else has begun the job, with 4 when it could not be begun: then nothing has run, and another
 * may. Whatever could fail for want of space is done before the command.
 */
const begin = sh`
exec 3<&-
baton_dir=$1 baton_keep=$2 baton_left=$3
set -C
true >"$baton_dir/id" || exit 3
set +C
baton_not_begun() {
  rm -f "$baton_dir/id" "$baton_dir/code" "$baton_dir/command"
  exit 4
}
baton_process self || baton_not_begun
baton_me=$baton_pid baton_began=$baton_start
baton_boot
baton_now
[ "$baton_session" = "$baton_me" ] || set -m
{ printf '%63s\\n' '' >"$baton_dir/code" && true >"$baton_dir/out" && true >"$baton_dir/err"; } || baton_not_begun
printf '%s\\n' "$baton_booted $baton_me $baton_began $baton_time" >>"$baton_dir/id" || baton_not_begun`

/** The command's own process says who it is before it does anything else: else it could run, and nobody would know. */
const own = sh`
  baton_process self && printf '%s\\n' "$baton_pid $baton_start" >"$baton_dir/command" || exit 120
  [ ! -e "$baton_dir/end" ] || exit 143`

/**
 * The deadline, and the room on the disk: beyond what is kept, the files are cut again and again (dd sets their length), while
 * the command writes on at their end. It is neither stopped nor slowed down.
 */
const watch = sh`
baton_watch() {
  baton_process "$1" || return 0
  baton_command=$1 baton_command_start=$baton_start baton_lost=0 baton_tick=25
  baton_now
  baton_until=$((baton_time + baton_left))
  while baton_alive "$baton_command" "$baton_command_start"; do
    baton_now
    baton_wait=$((baton_until - baton_time))
    if [ "$baton_wait" -le 0 ]; then
      true >"$baton_dir/deadline"
      baton_process self
      baton_end_all "$baton_me" "$baton_command:$baton_command_start" "$baton_pid"
      return
    fi
    baton_smaller "$baton_tick" "$baton_wait"
    baton_sleep "$baton_least"
    baton_tick=$((baton_tick * 2))
    [ "$baton_tick" -le 100 ] || baton_tick=100
    baton_cut_both
  done
}
baton_cut() {
  [ "$2" -gt "$baton_keep" ] || return 0
  dd if=/dev/null of="$baton_dir/$1" bs=1 seek="$baton_keep" 2>/dev/null
  baton_lost=$((baton_lost + $2 - baton_keep)) baton_tick=10
}
baton_cut_both() {
  if [ -s "$baton_dir/out" ] || [ -s "$baton_dir/err" ]; then
    baton_sizes "$baton_dir"
    baton_cut out "$baton_out_size"
    baton_cut err "$baton_err_size"
    [ "$baton_lost" -eq 0 ] || printf '%s\\n' "$baton_lost" >"$baton_dir/more"
  fi
}`

/** The code is the last thing that is written. */
const end = sh`
baton_command=$!
baton_watch "$baton_command" &
baton_watcher=$!
printf '%s\\n' "$baton_watcher" >"$baton_dir/watch"
wait "$baton_command"
baton_code=$?
[ -s "$baton_dir/command" ] || { kill "$baton_watcher"; baton_not_begun; }
baton_why=exit
[ ! -e "$baton_dir/end" ] || baton_why=end
[ ! -e "$baton_dir/deadline" ] || baton_why=deadline baton_code=124
case $baton_why in
  exit) kill "$baton_watcher" ;;
  end) kill "$baton_watcher"; baton_end_all "$baton_me" none "$baton_watcher" ;;
  deadline) wait "$baton_watcher"; baton_end_all "$baton_me" none ;;
esac
baton_lost=0 baton_out_size=0 baton_err_size=0
[ ! -e "$baton_dir/more" ] || read -r baton_lost <"$baton_dir/more"
baton_cut_both
baton_smaller "$baton_out_size" "$baton_keep"
baton_out=$baton_least
baton_smaller "$baton_err_size" "$baton_keep"
printf '%-63s\\n' "$baton_code $baton_out $baton_least $baton_lost $baton_why" 1<>"$baton_dir/code"`

/** What outlives the connection: a text that `sh` reads from a file, so that no list of processes shows it. */
export const program = ({ script, args = [], stdin }: Command): string =>
  [
    state,
    sizes,
    endAll,
    watch,
    ...(stdin === undefined ? [] : [input]),
    begin,
    stdin === undefined ? '(' : `printf %b "$baton_text" 2>/dev/null | (`,
    own,
    `set -- ${args.map(quote).join(' ')}`,
    `eval ${quote(script)}`,
    `) ${stdin === undefined ? '</dev/null' : ''} >>"$baton_dir/out" 2>>"$baton_dir/err" &`,
    end,
    '',
  ].join('\n')
