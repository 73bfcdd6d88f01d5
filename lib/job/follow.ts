import { sh } from '../command.ts'

/**
 * baton_follow: prints what the job prints until it has ended; then leaves with its code.
 *
 * Who has begun the job is its supervisor's parent, and sees its end at once: `wait`, which an alarm interrupts each time there
 * may be something to print. Others look, after 20 ms at first and each second at last. A follower whose connection is gone
 * (the process that started its shell is) ends by itself. What the shell itself has to say, that a child was killed, is
 * not the command's: stderr is descriptor 4.
 */
export const follow = sh`
baton_tell() {
  printf '%s %s %s\\n' "$baton_nonce" "$1" "\${2:-0}" >&4
}
baton_show() {
  [ "$3" -gt "$2" ] || return 0
  if [ "$2" -eq 0 ]; then head -c "$3" "$baton_dir/$1"
  else tail -c "+$(($2 + 1))" "$baton_dir/$1" | head -c "$(($3 - $2))"
  fi || exit 141
}
baton_show_to() {
  baton_show out "$baton_shown_out" "$1"
  baton_show err "$baton_shown_err" "$2" >&4
  baton_shown_out=$1 baton_shown_err=$2
}
baton_show_new() {
  [ -s "$baton_dir/out" ] || [ -s "$baton_dir/err" ] || return 0
  baton_sizes "$baton_dir"
  baton_smaller "$baton_err_size" "$baton_keep"
  baton_err_size=$baton_least
  baton_smaller "$baton_out_size" "$baton_keep"
  baton_show_to "$baton_least" "$baton_err_size"
}
baton_alarm() {
  baton_sleep "$1"
  baton_process self && [ "$baton_parent" = "$baton_me" ] && kill -s ALRM "$baton_me"
}
baton_pause() {
  if [ -n "$baton_supervisor" ]; then
    baton_rang=
    baton_alarm "$baton_tick" >/dev/null 4>&- &
    baton_alarmer=$!
    wait "$baton_supervisor"
    [ -n "$baton_rang" ] || { baton_supervisor=; kill "$baton_alarmer"; }
  else
    baton_sleep "$baton_tick"
  fi
  baton_waited=$((baton_waited + baton_tick))
  baton_tick=$((baton_tick * 3 / 2))
  [ "$baton_tick" -le 100 ] || baton_tick=100
}
baton_follow() {
  baton_shown_out=0 baton_shown_err=0 baton_tick=2 baton_waited=0
  trap 'baton_rang=1' ALRM
  while :; do
    baton_look "$baton_dir"
    case $baton_is in
      ended)
        baton_show_to "$baton_out" "$baton_err"
        case $baton_why.$baton_more in
          exit.0) ;;
          exit.*) baton_tell ended "$baton_more" ;;
          deadline.*) baton_tell deadline "$baton_more" ;;
          *) baton_tell stopped "$baton_more" ;;
        esac
        exit "$baton_code"
        ;;
      none)
        [ -n "$baton_supervisor" ] || { baton_tell not-begun; exit 120; }
        ;;
      beginning)
        if [ -z "$baton_supervisor" ] && [ "$baton_waited" -gt 500 ]; then baton_is=vanished; fi
        ;;
    esac
    baton_show_new
    if [ "$baton_is" = vanished ]; then
      baton_tell vanished
      exit 121
    fi
    [ -d "/proc/$PPID" ] || exit 141
    baton_pause
  done
}`
