interface Route {
  readonly interface: string
  readonly network: number
  readonly mask: number
  readonly gateway: number
}

/** `010200C0`: the four bytes of 192.0.2.1 as the kernel has them, read as a number of a little-endian machine. */
const fromHex = (hex: string): number => Buffer.from(hex, 'hex').readUInt32LE()

const dotted = (number: number): string => [24, 16, 8, 0].map(shift => (number >>> shift) & 255).join('.')

const fromDotted = (text: string): number => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)

const bitsOf = (mask: number): number => mask.toString(2).replaceAll('0', '').length

const routesOf = (lines: readonly string[]): readonly Route[] =>
  lines.flatMap(line => {
    // Interface, destination, gateway, flags, counters and metric, mask.
    const [, name, network, gateway, mask] =
      /^(\S+)\t([0-9A-F]{8})\t([0-9A-F]{8})\t[0-9A-F]+\t\d+\t\d+\t\d+\t([0-9A-F]{8})\t/.exec(line) ?? []
    if (!name || !network || !gateway || !mask) return []
    return { interface: name, network: fromHex(network), gateway: fromHex(gateway), mask: fromHex(mask) }
  })

/** The addresses that the trie has as the host's own: `|-- 192.0.2.2` with `/32 host LOCAL` below it. */
const ownIn = (lines: readonly string[]): readonly string[] => {
  const own = new Set<string>()
  let last = ''
  for (const line of lines) {
    last = /^ *\|-- (\d+\.\d+\.\d+\.\d+)$/.exec(line)?.[1] ?? last
    if (/^ *\/32 host LOCAL$/.test(line)) own.add(last)
  }
  return [...own]
}

const ipv4 = (address: string, routes: readonly Route[]) => {
  if (address.startsWith('127.')) return { address, family: 'ipv4', prefix: 8, interface: 'lo', scope: 'host' }
  const number = fromDotted(address)
  const [nearest] = routes
    .filter(({ mask, network, gateway }) => gateway === 0 && mask !== 0 && (number & mask) >>> 0 === network)
    .sort((a, b) => b.mask - a.mask)
  const at = nearest && { prefix: bitsOf(nearest.mask), interface: nearest.interface }
  return { address, family: 'ipv4', ...at, scope: address.startsWith('169.254.') ? 'link' : 'global' }
}

const scopes: Readonly<Record<string, string>> = { '00': 'global', '10': 'host', '20': 'link', '40': 'site' }

/** `fe8000000000000000fc00fffe000001 04 40 20 80     eth0`: address, index, prefix, scope, flags, name; hexadecimal. */
const ipv6 = (line: string) => {
  const [, address, prefix = '', scope = '', name] =
    /^([0-9a-f]{32}) [0-9a-f]+ ([0-9a-f]{2}) ([0-9a-f]{2}) [0-9a-f]{2} +(\S+)$/.exec(line) ?? []
  if (!address) return []
  const written = new URL(`http://[${address.replace(/(....)(?=.)/g, '$1:')}]`).hostname.slice(1, -1)
  const at = { prefix: Number.parseInt(prefix, 16), interface: name, scope: scopes[scope] ?? scope }
  return [{ address: written, family: 'ipv6', ...at }]
}

/**
 * Addresses and gateways from /proc/net/route, /proc/net/fib_trie and /proc/net/if_inet6, one behind the other, where there
 * is no `ip`. The interface of an address is that of the network it lies in. IPv6 gateways are not looked for.
 * Source: https://docs.kernel.org/networking/fib_trie.html
 */
export const fromProc = (text: string): unknown => {
  const lines = text.split('\n')
  const routes = routesOf(lines)
  return {
    addresses: [...ownIn(lines).map(address => ipv4(address, routes)), ...lines.flatMap(ipv6)],
    gateways: routes
      .filter(({ mask }) => mask === 0)
      .map(route => ({
        interface: route.interface,
        ...(route.gateway !== 0 && { address: dotted(route.gateway) }),
      })),
  }
}
