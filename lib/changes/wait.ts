import { type Command, type Script, sh } from '../command.ts'
import { get } from '../facts/http.ts'
import { connect } from '../facts/reachable.ts'

/** Asks once a second until a probe succeeds, or `"$1"` seconds are over. 69: the probe cannot be made at all. */
const until = (probe: Script): Script => sh`
  limit=$1 what=$2 deadline=$(($(date +%s) + $1))
  shift 2
  probe() (
    ${probe}
  )
  while :; do
    why=$(probe "$@" 2>&1)
    code=$?
    [ $code -ne 0 ] || exit 0
    if [ $code -eq 69 ]; then echo "$why" >&2; exit 1; fi
    if [ "$(date +%s)" -ge "$deadline" ]; then
      echo "waited $limit s for $what\${why:+: }$why" >&2
      exit 1
    fi
    sleep 1
  done`

const wait = (probe: Script, seconds: number, what: string, args: readonly string[]): Command => ({
  script: until(probe),
  args: [String(seconds), what, ...args],
  timeoutMs: (seconds + 60) * 1000,
})

/** Until the host listens on the port. The kernel's table is read, as by the fact `listening`. */
export const waitListening = (port: number, seconds: number): Command =>
  wait(
    sh`grep -qs " [0-9A-F]*:$1 [0-9A-F]*:[0-9A-F]* 0A " /proc/net/tcp /proc/net/tcp6`,
    seconds,
    `port ${port} to listen`,
    [port.toString(16).toUpperCase().padStart(4, '0')],
  )

/** Until the host can connect to another host's port. */
export const waitReachable = (host: string, port: number, seconds: number): Command =>
  wait(connect, seconds, `a connection to ${host}:${port}`, [host, String(port)])

/** Until a URL answers with this status and a body that holds this text. */
export const waitHttp = (url: string, status: number, body: string, seconds: number): Command =>
  wait(
    sh`
      got=$(
        ${get}
      )
      code=$?
      [ $code -eq 0 ] || { echo "$got"; exit $code; }
      nl='\n'
      last=\${got##*"$nl"}
      [ "$last" != 000 ] || { echo "$got"; exit 1; }
      [ "$last" = "$2" ] || { echo "it answers $last"; exit 1; }
      case $got in *"$3"*"$nl$last"*) ;; *) echo "it answers $last, and another body"; exit 1 ;; esac`,
    seconds,
    `${url} to answer ${status}`,
    [url, String(status), body],
  )
