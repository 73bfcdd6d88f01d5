import { isIPv4, isIPv6 } from 'node:net'
import { z } from 'zod'
import { sh } from '../command.ts'
import { fromProc } from './addresses-from-proc.ts'
import { hostFact } from './host-fact.ts'

const address = z.string().refine(text => isIPv4(text) || isIPv6(text), 'is no address')

const schema = z.strictObject({
  /** In the order of the interfaces. */
  addresses: z.array(
    z.strictObject({
      address,
      family: z.enum(['ipv4', 'ipv6']),
      /** Bits of the network; undefined where the kernel's tables do not tell. */
      prefix: z.number().int().min(0).max(128).optional(),
      interface: z.string().min(1).optional(),
      /** `host`: only the host itself can reach it; `link`: only those on the same wire. */
      scope: z.string(),
    }),
  ),
  /** Where packets to anywhere else go. */
  gateways: z.array(z.strictObject({ address: address.optional(), interface: z.string() })),
})

export type Addresses = z.output<typeof schema>

/** `4: eth0    inet 192.0.2.2/24 brd 192.0.2.255 scope global eth0\ ...`; a tunnel has `inet 10.8.0.6 peer 10.8.0.5/32`. */
const addressLine =
  /^\d+: (\S+?)(?:@\S+)?\s+inet(6?) ([^\s/]+)(?:\/(\d+))?(?: peer [^\s/]+(?:\/(\d+))?)?(?: .*?)? scope (\S+)/

/** `default via 192.0.2.1 dev eth0 proto dhcp`, or only `default dev ppp0` */
const routeLine = /^default(?: via (?:inet6? )?(\S+))?.*? dev (\S+)/

const fromIp = (text: string): unknown => ({
  addresses: text.split('\n').flatMap(line => {
    const [, name, six, own, prefix, peerPrefix, scope] = addressLine.exec(line) ?? []
    const bits = prefix ?? peerPrefix
    if (!own) return []
    const at = { interface: name, scope: scope?.replace(/\\$/, '') }
    return [{ address: own, family: six ? 'ipv6' : 'ipv4', ...(bits !== undefined && { prefix: Number(bits) }), ...at }]
  }),
  gateways: text.split('\n').flatMap(line => {
    const [, gateway, name] = routeLine.exec(line) ?? []
    return name ? [{ ...(gateway !== undefined && { address: gateway }), interface: name }] : []
  }),
})

/**
 * The host's own addresses and its default gateways. From `ip` (iproute2's or busybox's), and where there is none from the
 * kernel's own tables. Source: ip-address(8), https://man7.org/linux/man-pages/man8/ip-address.8.html
 */
export const addresses = hostFact({
  kind: 'addresses',
  script: sh`
    PATH=$PATH:/usr/sbin:/sbin
    export LC_ALL=C
    if command -v ip >/dev/null; then
      echo ip
      ip -o address show || exit 1
      ip -4 route show default 2>/dev/null
      ip -6 route show default 2>/dev/null
      exit 0
    fi
    echo proc
    cat /proc/net/route /proc/net/fib_trie || exit 1
    [ ! -r /proc/net/if_inet6 ] || cat /proc/net/if_inet6`,
  schema,
  read: text => {
    const [source, rest = ''] = [text.slice(0, text.indexOf('\n')), text.slice(text.indexOf('\n') + 1)]
    return source === 'ip' ? fromIp(rest) : source === 'proc' ? fromProc(rest) : undefined
  },
  show: ({ addresses: all }) =>
    Object.fromEntries(all.map(one => [one.address, `${one.interface ?? 'some interface'}, ${one.scope}`])),
})
