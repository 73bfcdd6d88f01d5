import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { defineFact } from './fact.ts'

export interface Listening {
  readonly listening: boolean
  /** The host's own addresses that the port is open on, as the kernel prints them: `0100007F` is 127.0.0.1. */
  readonly addresses?: readonly string[]
}

// `   0: 0100007F:1F92 00000000:0000 0A ...`: slot, local address and port, remote ones, state; 0A is LISTEN.
const row = /^\s*\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) [0-9A-F]+:[0-9A-F]{4} 0A /

/**
 * Does the host listen on a TCP port, on any of its addresses? Read from the kernel's own table: no connection is made,
 * and no program is needed. Source: proc_net_tcp, https://docs.kernel.org/networking/proc_net_tcp.html
 */
export const listening = defineFact<number, Listening>({
  kind: 'listening',
  id: String,
  ask: () => ({
    script: sh`
      for table in /proc/net/tcp /proc/net/tcp6; do
        [ -r "$table" ] || continue
        read=1
        grep ' 0A ' "$table"
        [ $? -le 1 ] || exit 1
      done
      [ -n "$read" ] || { echo '/proc/net/tcp cannot be read' >&2; exit 1; }`,
  }),
  parse: ({ code, stdout, stderr }, ports) => {
    if (code !== 0) throw new FactError(`cannot tell which ports are open: ${stderr.toString().trim()}`)
    const open = new Map<number, string[]>()
    for (const line of stdout.toString().split('\n')) {
      const [, address, port] = row.exec(line) ?? []
      if (address && port)
        open.set(Number.parseInt(port, 16), [...(open.get(Number.parseInt(port, 16)) ?? []), address])
    }
    return ports.map(port => ({ listening: open.has(port), addresses: open.get(port) ?? [] }))
  },
  absent: answer => !answer.listening,
  show: answer => (answer.listening ? { listening: 'yes' } : {}),
})
