import { type Command, sh } from '../command.ts'

/**
 * Ends the process group of a process: TERM, two seconds to clean up, KILL. Only what the asking user may signal is ended.
 * Field 5 of /proc/PID/stat is the group; the name before it may hold blanks and brackets.
 * Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
const script = sh`
  pid=$1
  if IFS= read -r stat <"/proc/$pid/stat"; then
    set -- \${stat##*) }
    group=$3
  else
    group=$(ps -o pgid= -p "$pid" | tr -d ' ')
  fi
  [ "\${group:-0}" -gt 1 ] || exit 0
  kill -s TERM -- "-$group" || exit 0
  tries=20
  while [ "$tries" -gt 0 ] && kill -s 0 -- "-$group"; do
    tries=$((tries - 1))
    sleep 0.1 || sleep 1
  done
  kill -s KILL -- "-$group"
  exit 0`

export const endProcesses = (pid: number): Command => ({ script, args: [String(pid)], timeoutMs: 15_000 })
