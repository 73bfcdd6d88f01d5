import { randomBytes } from 'node:crypto'
import { type Command, sh } from '../command.ts'
import { INLINE_BYTES } from '../connection/frame.ts'
import { BatonError } from '../errors.ts'
import { Secret } from '../secret.ts'
import { follow } from './follow.ts'
import { inputText } from './input-text.ts'
import { checkName, type JobId } from './job-id.ts'
import { places } from './places.ts'
import { sizes } from './sizes.ts'
import { state } from './state.ts'
import { program } from './supervisor.ts'

/** As the connection does it for a command that says nothing else. */
const defaultTimeoutMs = 10 * 60 * 1000
const defaultKeepBytes = 16 * 1024 * 1024

/** Milliseconds that the job has to be ended in and to say so, before the connection ends who follows it. */
const graceMs = 15_000

/** Bytes of stderr that the job's own last line may need. */
const lineBytes = 256

/** Content that is streamed cannot outlive the connection that it comes by. */
export const canBeJob = ({ stdin }: Command): boolean => (inputText(stdin)?.length ?? Infinity) <= INLINE_BYTES

export interface JobOptions extends JobId {
  /**
   * Only look: a job that is not there is not begun. For a command that was sent before the host was started anew, which may
   * have forgotten what it had not written to its disk: see `boot` of `listJobs`.
   */
  readonly attachOnly?: boolean
}

const script = sh`
baton_nonce=$1 baton_run=$2 baton_name=$3 baton_only=$4 baton_keep=$5 baton_left=$6
${places}
${state}
${sizes}
${follow}
baton_begin() {
  for baton_base in "$baton_home" "$baton_spare"; do
    baton_dir=$baton_base/$baton_run/$baton_name
    if baton_make "$baton_base" "$baton_dir" && printf '%s\\n' "$1" >"$baton_dir/program.$baton_me"; then
      exec 3<&0
      $baton_detach sh "$baton_dir/program.$baton_me" "$baton_dir" "$baton_keep" "$baton_left" >/dev/null 3<&3 4>&- &
      baton_supervisor=$!
      exec 3<&-
      return 0
    fi
  done
  return 1
}
exec 4>&2 2>/dev/null
baton_process self || { baton_tell not-begun; exit 120; }
baton_me=$baton_pid baton_dir= baton_supervisor= baton_detach=
baton_places
for baton_base in "$baton_home" "$baton_spare"; do
  if baton_usable "$baton_base" && [ -e "$baton_base/$baton_run/$baton_name/id" ]; then
    baton_dir=$baton_base/$baton_run/$baton_name
    break
  fi
done
if [ -z "$baton_dir" ]; then
  [ -z "$baton_only" ] || { baton_tell absent; exit 119; }
  if command -v setsid >/dev/null; then baton_detach=setsid; fi
  baton_begin "$7" || { baton_tell not-begun; exit 120; }
fi
exec </dev/null
baton_follow`

/**
 * The same command as a job: it runs detached on the host under a known name, and survives the connection and the controller.
 * Who sends it first begins it; to send it again, in the same run, is to attach to it: the same output from its first byte, the
 * same exit code, and it ran once. What `jobEnd` says of the output must be looked at before the code is.
 *
 * - Its deadline is kept on the host. The command's own `timeoutMs` is that of the job; what is returned waits longer.
 * - Without setsid(1) the supervisor stays in the session's process group: where that is ended, nobody learns how the job ended.
 * - SIGINT and SIGQUIT are ignored in it, as in everything that a shell starts in the background.
 * - Its output is in files, which grow where a daemon that it leaves behind goes on printing: `forgetJobs` empties them.
 * - logind's `KillUserProcesses=yes` (off in the large distributions) ends it with its user's last session: it has vanished.
 *
 * Throws BatonError for a name that is none and for streamed content, UnquotableError for an argument that no shell takes.
 */
export const asJob = (command: Command, { run, name, attachOnly = false }: JobOptions): Command => {
  const { stdin, timeoutMs = defaultTimeoutMs, keepBytes = defaultKeepBytes } = command
  const text = inputText(stdin)
  if (text === undefined) throw new BatonError('a command whose content is streamed cannot be a job')
  return {
    ...command,
    ...(stdin !== undefined && { stdin: Secret.document(text) }),
    script,
    args: [
      `baton-job-${randomBytes(16).toString('hex')}`,
      checkName(run),
      checkName(name),
      attachOnly ? 'only' : '',
      String(keepBytes),
      String(Math.max(1, Math.ceil(timeoutMs / 10))),
      program(command),
    ],
    timeoutMs: timeoutMs + graceMs,
    keepBytes: keepBytes + lineBytes,
    wraps: command,
  }
}
