import { UsageError } from '../errors.ts'
import type { Inventory } from './inventory.ts'
import { suggest } from './near.ts'

const glob = (text: string): RegExp =>
  new RegExp(
    `^${text
      .replace(/[.+^${}()|\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
  )

/** The terms of a pattern. A name that is in the inventory may have colons in it (an IPv6 address). */
const terms = (inventory: Inventory, pattern: string): readonly string[] =>
  pattern
    .split(',')
    .flatMap(part => (inventory.hosts.has(part.trim().replace(/^[&!]/, '')) ? [part] : part.split(':')))
    .map(term => term.trim())
    .filter(term => term !== '')

const wrong = (message: string, hint?: string): never => {
  throw new UsageError([{ message, ...(hint !== undefined && { hint }) }])
}

const hostsOf = (inventory: Inventory, pattern: string, name: string): ReadonlySet<string> => {
  const { groups, hosts } = inventory
  if (name === 'all' || name === '*') return new Set(hosts.keys())
  const group = groups.get(name)
  if (group) return new Set(group.hosts)
  if (hosts.has(name)) return new Set([name])
  if (/[[\]~@]/.test(name))
    return wrong(
      `--limit ${pattern}: ${name} is not supported`,
      'Names, * and ?, joined by : or , with & or ! before them are.',
    )
  if (!/[*?]/.test(name))
    return wrong(
      `--limit ${pattern}: ${inventory.files.join(', ')} has no host or group ${name}`,
      suggest(name, [...groups.keys(), ...hosts.keys()]).hint,
    )
  const match = glob(name)
  const found = [
    ...[...groups.values()].filter(one => match.test(one.name)).flatMap(one => one.hosts),
    ...[...hosts.keys()].filter(one => match.test(one)),
  ]
  return found.length
    ? new Set(found)
    : wrong(`--limit ${pattern}: ${name} matches no host and no group of ${inventory.files.join(', ')}`)
}

/**
 * The hosts that a pattern means, in inventory order: `standby:&eu:!db3` is what is in standby and in eu, and is not db3.
 * As in Ansible, `&` and `!` come after the rest, wherever they stand. Throws UsageError for an unknown name, and for nothing left.
 * Source: https://docs.ansible.com/ansible/latest/inventory_guide/intro_patterns.html
 */
export const selectHosts = (inventory: Inventory, pattern: string): ReadonlySet<string> => {
  const all = terms(inventory, pattern)
  const of = (sign: string) =>
    all.filter(term => term.startsWith(sign)).map(term => hostsOf(inventory, pattern, term.slice(sign.length).trim()))
  const regular = all.filter(term => !/^[&!]/.test(term)).map(term => hostsOf(inventory, pattern, term))
  const [both, not] = [of('&'), of('!')]
  const selected = [...inventory.hosts.keys()].filter(
    host =>
      (regular.length === 0 || regular.some(set => set.has(host))) &&
      both.every(set => set.has(host)) &&
      !not.some(set => set.has(host)),
  )
  return selected.length && all.length ? new Set(selected) : wrong(`--limit ${pattern} leaves no host`)
}
