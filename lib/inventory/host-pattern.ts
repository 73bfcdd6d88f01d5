import { isIPv6 } from 'node:net'
import { expandRanges } from './ranges.ts'

export interface HostPattern {
  readonly names: readonly string[]
  /** What stands behind the name: `db1:2222`, `[2001:db8::1]:22`. */
  readonly port?: number
}

export interface WrongPattern {
  readonly wrong: string
  readonly hint?: string
}

export const isHostName = (name: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9_.-]*$/.test(name) || isIPv6(name)

/** `[NAME]:PORT`, or `NAME:PORT` where only ranges have colons in the name. */
const withPort = (text: string): readonly [string, number?] => {
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|((?:[^:[\]]|\[[^\]]*\])+)):(\d+)$/.exec(text) ?? []
  const name = bracketed ?? plain
  return name === undefined || (bracketed !== undefined && !isIPv6(bracketed)) ? [text] : [name, Number(port)]
}

/**
 * The hosts that a host entry means, with ranges expanded.
 * Source: https://docs.ansible.com/ansible/latest/inventory_guide/intro_inventory.html#adding-ranges-of-hosts
 */
export const parseHostPattern = (text: string): HostPattern | WrongPattern => {
  if (isIPv6(text)) return { names: [text] }
  const [pattern, port] = withPort(text)
  const names = isIPv6(pattern) ? [pattern] : expandRanges(pattern)
  if (typeof names === 'string') return { wrong: names }
  const wrong = names.find(name => !isHostName(name))
  if (wrong === undefined) return { names, ...(port !== undefined && { port }) }
  return { wrong: `${JSON.stringify(wrong)} cannot be the name of a host; expected letters, digits, and . _ -` }
}
