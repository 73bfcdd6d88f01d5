import { createHmac, timingSafeEqual } from 'node:crypto'
import { matchesList } from './patterns.ts'
import { type PublicKey, readPublicKey } from './public-key.ts'

/** A line of a known_hosts file that could be read. */
export interface KnownHost {
  readonly marker: 'cert-authority' | 'revoked' | undefined
  /** The names as they stand there: patterns, or one hashed name. */
  readonly names: string
  readonly key: PublicKey
  readonly file: string
  /** From 1. */
  readonly line: number
}

const markers = { '@cert-authority': 'cert-authority', '@revoked': 'revoked' } as const

/** `[marker] names keytype base64 [comment]`, separated by blanks and tabs. Whatever is not that is no entry. */
const parseLine = (text: string, file: string, line: number): KnownHost | undefined => {
  const [, first = '', rest = ''] = /^[ \t]*([^ \t]+)[ \t]*(.*)$/s.exec(text) ?? []
  if (first.startsWith('#')) return undefined
  if (!first.startsWith('@')) {
    const key = readPublicKey(rest)
    return key && { marker: undefined, names: first, key, file, line }
  }
  const [, names = '', keyText = ''] = /^([^ \t]+)[ \t]*(.*)$/s.exec(rest) ?? []
  const marker = markers[first as keyof typeof markers]
  const key = readPublicKey(keyText)
  return marker && key && !names.startsWith('@') ? { marker, names, key, file, line } : undefined
}

/** Source: sshd(8), SSH_KNOWN_HOSTS FILE FORMAT, https://man.openbsd.org/sshd.8#SSH_KNOWN_HOSTS_FILE_FORMAT */
export const parseKnownHosts = (text: string, file: string): KnownHost[] =>
  text.split('\n').flatMap((line, i) => parseLine(line, file, i + 1) ?? [])

/** `|1|SALT|HASH`: HMAC-SHA1 of the name, keyed by the salt, both in base64. */
const matchesHash = (names: string, host: string): boolean => {
  const [, salt, hash] = /^\|1\|([A-Za-z0-9+/]+=*)\|([A-Za-z0-9+/]+=*)$/.exec(names) ?? []
  if (!salt || !hash) return false
  const mine = createHmac('sha1', Buffer.from(salt, 'base64')).update(host).digest()
  const theirs = Buffer.from(hash, 'base64')
  return mine.length === theirs.length && timingSafeEqual(mine, theirs)
}

const matches = ({ names }: KnownHost, host: string): boolean =>
  names.startsWith('|') ? matchesHash(names, host) : matchesList(host, names)

/** The name to look for: lower case, `[host]:port` when the port is not 22. */
export const lookupName = (host: string, port: number): string => {
  const name = host.toLowerCase()
  return port === 22 ? name : `[${name}]:${port}`
}

export type HostKeyVerdict =
  | { readonly verdict: 'known' }
  | { readonly verdict: 'unknown'; readonly certAuthority: boolean }
  /** `entry`: the last line that names the host with another key. */
  | { readonly verdict: 'changed'; readonly entry: KnownHost }
  | { readonly verdict: 'revoked'; readonly entry: KnownHost }

const judgeName = (entries: readonly KnownHost[], name: string, key: PublicKey): HostKeyVerdict => {
  const mine = entries.filter(entry => matches(entry, name))
  const same = ({ key: other }: KnownHost): boolean => other.blob.equals(key.blob)
  const revoked = mine.find(entry => entry.marker === 'revoked' && same(entry))
  if (revoked) return { verdict: 'revoked', entry: revoked }
  const plain = mine.filter(entry => entry.marker === undefined)
  if (plain.some(same)) return { verdict: 'known' }
  const entry = plain.at(-1)
  if (entry) return { verdict: 'changed', entry }
  return { verdict: 'unknown', certAuthority: mine.some(({ marker }) => marker === 'cert-authority') }
}

/**
 * As OpenSSH judges it (check_host_key in its sshconnect.c): a revoked key is refused whatever else is there; any line with
 * this key makes it known; lines with other keys only make it changed. On another port than 22, where `[host]:port` is not
 * named at all, a line that names the host alone and has the key makes it known.
 */
export const judge = (entries: readonly KnownHost[], host: string, port: number, key: PublicKey): HostKeyVerdict => {
  const verdict = judgeName(entries, lookupName(host, port), key)
  if (verdict.verdict !== 'unknown' || port === 22) return verdict
  const bare = judgeName(entries, lookupName(host, 22), key)
  return bare.verdict === 'known' || bare.verdict === 'revoked' ? bare : verdict
}

/** Types of the keys that are known for the host, so that it is asked for one of these first. */
export const knownKeyTypes = (entries: readonly KnownHost[], host: string, port: number): string[] => {
  const types = (name: string): string[] =>
    entries.filter(entry => entry.marker === undefined && matches(entry, name)).map(({ key }) => key.type)
  const exact = types(lookupName(host, port))
  return exact.length > 0 ? exact : types(lookupName(host, 22))
}
