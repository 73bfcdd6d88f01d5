import { sh } from '../command.ts'

/**
 * baton_end_all LEADER COMMAND [WATCH]: ends the command and all that came of it: what is in the session of its supervisor,
 * and what descends from it in another (sudo with a terminal of its own, timeout, setsid). TERM, 2 s to clean up, KILL. The
 * supervisor and its watch are spared: they tell how it ended. A daemon that has left both ways is nobody's.
 * COMMAND is PID:START, so that nobody else is taken for it. What was found once is remembered in the same way: it must not
 * get away because its parent was quicker to end.
 * Fails when something is still there: it cannot be ended (state D), or belongs to another user.
 */
export const endAll = sh`
baton_members() {
  baton_table= baton_tree=' ' baton_spared=
  for baton_entry in /proc/[0-9]*; do
    baton_process "\${baton_entry#/proc/}" || continue
    case $baton_state in Z | X | x) continue ;; esac
    if [ "$baton_pid" = "$1" ] || [ "$baton_pid" = "$3" ] || [ "$baton_parent" = "$3" ]; then continue; fi
    baton_who=$baton_pid:$baton_start
    case $baton_kept in
      *" $baton_who "*) baton_tree="$baton_tree$baton_pid " ;;
      *)
        [ "$baton_parent" != "$1" ] || continue
        [ "$baton_session" != "$1" ] || baton_tree="$baton_tree$baton_pid "
        ;;
    esac
    baton_table="$baton_table$baton_pid $baton_parent $baton_who "
  done
  baton_seen=
  while [ "$baton_seen" != "$baton_tree" ]; do
    baton_seen=$baton_tree
    set -- $baton_table
    while [ $# -ge 3 ]; do
      case $baton_tree in
        *" $1 "*) ;;
        *" $2 "*) baton_tree="$baton_tree$1 " ;;
      esac
      shift 3
    done
  done
  baton_found=
  set -- $baton_table
  while [ $# -ge 3 ]; do
    case $baton_tree in *" $1 "*) baton_found="$baton_found $1" baton_kept="$baton_kept$3 " ;; esac
    shift 3
  done
}
baton_end_all() {
  baton_kept=" $2 " baton_told=
  baton_now
  baton_first=$baton_time
  while baton_members "$1" "$2" "\${3:-none}"; [ -n "$baton_found" ]; do
    baton_now
    if [ -z "$baton_told" ]; then
      baton_told=1
      kill -s TERM $baton_found
    elif [ "$((baton_time - baton_first))" -gt 600 ]; then
      return 1
    elif [ "$((baton_time - baton_first))" -ge 200 ]; then
      kill -s KILL $baton_found
    fi 2>/dev/null
    baton_sleep 10
  done
}`
