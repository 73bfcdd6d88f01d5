import { sh } from '../command.ts'

/**
 * Who a process is, by builtins alone: no process is started.
 *
 * baton_number TEXT: arithmetic takes it (in bash, `$((x))` of a text that is none can run a command).
 * baton_process PID: sets baton_pid, baton_state, baton_parent, baton_group, baton_session, baton_start. `self`: this process.
 * The name in /proc/PID/stat may hold blanks and brackets. Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 * baton_alive PID START: that very process runs. A zombie does not, and a pid is given anew, but never with the same start.
 * baton_boot: sets baton_booted, as baton_process does of process 1. A container that is started again has the boot id of its machine, but another process 1.
 * baton_now: sets baton_time, 1/100 s since the boot. baton_sleep N: for so many 1/100 s, or 1 s where sleep takes no fraction.
 */
export const processes = sh`
baton_number() {
  case $1 in '' | 0?* | *[!0-9]* | ????????????????*) return 1 ;; esac
}
baton_process() {
  baton_stat=
  { IFS= read -r baton_stat <"/proc/$1/stat"; } 2>/dev/null
  [ -n "$baton_stat" ] || return 1
  baton_pid=\${baton_stat%% *}
  set -- \${baton_stat##*) }
  [ $# -ge 20 ] || return 1
  baton_state=$1 baton_parent=$2 baton_group=$3 baton_session=$4
  shift 19
  baton_start=$1
}
baton_alive() {
  baton_number "$1" && baton_process "$1" && [ "$baton_start" = "$2" ] || return 1
  case $baton_state in Z | X | x) return 1 ;; esac
}
baton_boot() {
  baton_booted=
  { read -r baton_booted </proc/sys/kernel/random/boot_id; } 2>/dev/null
  if baton_process 1; then baton_booted=$baton_booted.$baton_start; fi
}
baton_now() {
  read -r baton_time baton_rest </proc/uptime
  baton_rest=\${baton_time#*.}
  baton_time=$((\${baton_time%.*} * 100 + 1$baton_rest - 100))
}
baton_sleep() {
  baton_rest=$(($1 % 100))
  [ "$baton_rest" -gt 9 ] || baton_rest=0$baton_rest
  sleep "$(($1 / 100)).$baton_rest" 2>/dev/null || sleep 1
}`
