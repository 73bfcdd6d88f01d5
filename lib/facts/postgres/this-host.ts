import { isIP } from 'node:net'
import { sh } from '../../command.ts'
import { FactError } from '../../errors.ts'
import { defineFact } from '../fact.ts'

export interface ThisHost {
  /** Every address of the name is one of the host's own, or loopback. */
  readonly isThisHost: boolean
  /** What the name resolves to on the host. */
  readonly addresses: readonly string[]
}

const loopback = (address: string): boolean => /^127\./.test(address) || address === '::1'

/**
 * Does a host name or address, as the host itself resolves it, lead to that very host? `198.51.100.2 ::1 |127.0.0.1`: its own
 * addresses, then those of the name. Sources: hostname(1), ip-address(8), getent(1)
 */
export const thisHost = defineFact<string, ThisHost>({
  kind: 'this-host',
  id: name => name,
  ask: names => ({
    script: sh`
      export LC_ALL=C
      own=$(hostname -I 2>/dev/null) || own=$(ip -o addr | awk '{ sub("/.*", "", $4); print $4 }') || exit 1
      for name do
        case $name in
          *[!0-9.]* | '') case $name in *:*) found=$name ;; *) found=$(getent ahosts "$name" | awk '{ print $1 }' | sort -u) ;; esac ;;
          *) found=$name ;;
        esac
        echo $own '|' $found
      done`,
    args: names,
    timeoutMs: 60_000,
  }),
  parse: ({ code, stdout, stderr }, names) => {
    if (code !== 0) throw new FactError(`cannot tell the host's addresses: ${stderr.toString().trim()}`)
    const lines = stdout.toString().split('\n').slice(0, -1)
    if (lines.length !== names.length) throw new FactError("the answer about the host's addresses is cut off")
    return lines.map(line => {
      const [own = [], found = []] = line.split('|').map(part => part.split(' ').filter(Boolean))
      const addresses = found.map(address => address.replace(/^::ffff:(?=\d+\.)/i, ''))
      if (![...own, ...addresses].every(address => isIP(address.replace(/%.*/, '')) !== 0))
        throw new FactError(`the host's addresses are none: ${JSON.stringify(line.slice(0, 200))}`)
      return {
        isThisHost: addresses.length > 0 && addresses.every(address => loopback(address) || own.includes(address)),
        addresses,
      }
    })
  },
})
