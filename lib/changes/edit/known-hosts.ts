import { createHmac } from 'node:crypto'
import { Refusal } from '../../errors.ts'
import { insertLines, joinLines, type Line, splitLines } from './lines.ts'

export interface HostKey {
  readonly type: string
  /** Base64. */
  readonly blob: string
}

interface Entry extends Line {
  readonly marker: string | undefined
  readonly names: string
  readonly type: string
  readonly blob: string
  /** Behind the names, as it stands. */
  readonly rest: string
}

/** `[@marker] names type base64 [comment]`; sshd(8), SSH_KNOWN_HOSTS FILE FORMAT. */
const entry = (line: Line): Entry | undefined => {
  const [, marker, names = '', rest = '', type = '', blob = ''] =
    /^[ \t]*(?:(@\S+)[ \t]+)?([^\s#]\S*)([ \t]+(\S+)[ \t]+([A-Za-z0-9+/=]+)[\s\S]*)$/.exec(line.text) ?? []
  return blob ? { ...line, marker, names, type, blob, rest } : undefined
}

/** As ssh looks a host up: `host`, or `[host]:port` for another port than 22; lower case. */
export const knownHostName = (host: string, port: number): string =>
  (port === 22 ? host : `[${host}]:${port}`).toLowerCase()

/** `|1|salt|hash`: HMAC-SHA1 of the name under the salt, both in base64. */
const isHashOf = (names: string, name: string): boolean => {
  const [, salt, hash] = /^\|1\|([A-Za-z0-9+/=]+)\|([A-Za-z0-9+/=]+)$/.exec(names) ?? []
  return salt !== undefined && createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash
}

const speaksOf = ({ marker, names }: Entry, name: string): boolean =>
  marker === undefined && (isHashOf(names, name) || names.toLowerCase().split(',').includes(name))

/** The line without the name; nothing when it has no other. */
const without = (line: Entry, name: string): readonly Line[] => {
  const others = line.names.split(',').filter(n => n.toLowerCase() !== name)
  if (isHashOf(line.names, name) || others.length === 0) return []
  return [{ text: others.join(',') + line.rest, end: line.end }]
}

const parsed = (text: string) => splitLines(text).map(line => ({ line, entry: entry(line) }))

/**
 * The host is known by this key: one line says so, further ones of the same type for the same name, hashed or not, go. Keys of
 * other types, patterns and certificate authorities stay. Another key of the same type, or a revoked key, is refused: the first
 * may be an attack, unless `replace` says that the key was changed on purpose.
 */
export const ensureHostKey = (
  file: string,
  text: string,
  name: string,
  key: HostKey,
  { replace }: { readonly replace: boolean },
): string => {
  const lines = parsed(text)
  if (lines.some(({ entry }) => entry?.marker === '@revoked' && entry.blob === key.blob))
    throw new Refusal(`${file} says that this key of ${name} is revoked`)
  const ours = lines.filter(({ entry }) => entry && entry.type === key.type && speaksOf(entry, name))
  if (!replace && ours.some(({ entry }) => entry?.blob !== key.blob))
    throw new Refusal(`${file} has another ${key.type} key of ${name}`, {
      hint: 'If the key was changed on purpose: replace: true. If not, somebody may be in between.',
    })
  const kept = ours.find(({ entry }) => entry?.blob === key.blob)
  const left = lines.flatMap(one =>
    one === kept || !one.entry || !ours.includes(one) ? [one.line] : without(one.entry, name),
  )
  return joinLines(kept ? left : insertLines(left, left.length, [`${name} ${key.type} ${key.blob}`]))
}

/** No key of the host is known: not this one, or, without a key, none at all. */
export const removeHostKey = (text: string, name: string, key: HostKey | undefined): string =>
  joinLines(
    parsed(text).flatMap(({ line, entry }) =>
      entry && speaksOf(entry, name) && (!key || key.blob === entry.blob) ? without(entry, name) : [line],
    ),
  )
