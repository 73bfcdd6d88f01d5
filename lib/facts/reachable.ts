import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { defineFact } from './fact.ts'

/** Where a TCP connection goes to, seen from the host that is asked. */
export interface Endpoint {
  readonly host: string
  readonly port: number
}

export interface Reachable {
  readonly reachable: boolean
}

/** `"$1"` host, `"$2"` port: 0 connected, 1 not, 69 the host has nothing to connect with. POSIX sh has no sockets of its own. */
export const connect = sh`
  if command -v bash >/dev/null; then
    timeout 5 bash -c 'exec 3<>"/dev/tcp/$1/$2"' bash "$1" "$2" 2>/dev/null || exit 1
  elif command -v nc >/dev/null; then nc -z -w 5 "$1" "$2" >/dev/null 2>&1 </dev/null || exit 1
  else echo 'neither bash nor nc is there to connect with' >&2; exit 69
  fi`

/** Can the host open a TCP connection to an endpoint within 5 s? Needs bash or nc on the host. */
export const reachable = defineFact<Endpoint, Reachable>({
  kind: 'reachable',
  id: ({ host, port }) => `${host}:${port}`,
  ask: endpoints => ({
    script: sh`
      while [ $# -gt 0 ]; do
        (${connect})
        code=$?
        [ $code -ne 69 ] || exit 69
        echo $code
        shift 2
      done`,
    args: endpoints.flatMap(({ host, port }) => [host, String(port)]),
    timeoutMs: 120_000,
  }),
  parse: ({ code, stdout, stderr }, endpoints) => {
    const codes = stdout.toString().split('\n').filter(Boolean)
    if (code !== 0 || codes.length !== endpoints.length)
      throw new FactError(`cannot try a connection: ${stderr.toString().trim() || `exit code ${code}`}`)
    return codes.map(c => ({ reachable: c === '0' }))
  },
  absent: answer => !answer.reachable,
})
