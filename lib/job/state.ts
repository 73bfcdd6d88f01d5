import { sh } from '../command.ts'
import { processes } from './processes.ts'

/**
 * A job's directory:
 *
 *     program.PID   what was to run; PID is that of the shell which asked for it
 *     id            BOOT PID START TIME of the supervisor. Who creates it (O_EXCL) runs the job, nobody else ever does
 *     command       PID START of the command
 *     watch         PID of the process that keeps the deadline
 *     out err       what it prints
 *     more          bytes of it that were not kept
 *     end deadline  there: it was told to end
 *     code          blanks, and once it has ended CODE OUT ERR MORE WHY: bytes that are kept, bytes that are not, and
 *                   `exit`, `deadline` or `end`. Its one block is there from the start: a full disk does not stop it
 *
 * baton_look DIR: sets baton_is to none, beginning, running, ended or vanished. Whose process is gone without a code has
 * vanished. For the text it reads baton_code, baton_out, baton_err, baton_more, baton_why; baton_leader, baton_leader_start,
 * baton_since; baton_command, baton_command_start.
 */
export const state = sh`${processes}
baton_ended() {
  { read -r baton_code baton_out baton_err baton_more baton_why <"$1/code"; } 2>/dev/null
  baton_number "$baton_code" && baton_number "$baton_out" && baton_number "$baton_err" && baton_number "$baton_more"
}
baton_look() {
  baton_is=ended baton_code= baton_leader= baton_leader_start= baton_since= baton_command= baton_command_start=
  [ -e "$1/id" ] || { baton_is=none; return 0; }
  { read -r baton_its_boot baton_leader baton_leader_start baton_since <"$1/id"; } 2>/dev/null
  { read -r baton_command baton_command_start <"$1/command"; } 2>/dev/null
  if baton_ended "$1"; then return 0; fi
  [ -n "$baton_since" ] || { baton_is=beginning; return 0; }
  baton_boot
  if [ "$baton_booted" = "$baton_its_boot" ]; then
    if baton_alive "$baton_leader" "$baton_leader_start" || baton_alive "$baton_command" "$baton_command_start"; then
      baton_is=running
      return 0
    fi
    if baton_ended "$1"; then return 0; fi
  fi
  baton_is=vanished
}`
