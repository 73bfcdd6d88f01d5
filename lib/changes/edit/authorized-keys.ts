import { insertLines, joinLines, type Line, splitLines } from './lines.ts'

export interface KeyLine {
  /** As they stand in the file: `restrict,command="rrsync -ro /srv"`; empty: none. */
  readonly options: string
  readonly type: string
  readonly blob: string
  readonly comment: string | undefined
}

const keyType = /^(ssh-|ecdsa-sha2-|sk-ssh-|sk-ecdsa-|rsa-sha2-)\S*$/

/**
 * Options end at the first blank outside quotes, and `\"` is never an end of quotes: sshd(8), AUTHORIZED_KEYS FILE FORMAT. By
 * one walk, as in sshd: the line is whoever's may write the file, and a pattern that may go back takes hours over a bad one.
 */
const optionsEnd = (line: string): number => {
  let quoted = false
  let at = 0
  for (; at < line.length; at++) {
    const c = line[at]
    if (c === '\\' && line[at + 1] === '"') at++
    else if (c === '"') quoted = !quoted
    else if (!quoted && (c === ' ' || c === '\t')) break
  }
  return quoted ? -1 : at
}

const parseKey = (text: string): Omit<KeyLine, 'options'> | undefined => {
  const [, type = '', blob, comment] = /^(\S+)[ \t]+([A-Za-z0-9+/=]+)(?:[ \t]+([\s\S]*))?$/.exec(text) ?? []
  return blob && keyType.test(type) ? { type, blob, comment } : undefined
}

/** Undefined: a comment, an empty line, or what sshd skips as well. */
export const parseKeyLine = (text: string): KeyLine | undefined => {
  const line = text.trim()
  if (line.startsWith('#')) return undefined
  const plain = parseKey(line)
  if (plain) return { options: '', ...plain }
  const end = optionsEnd(line)
  const key = end > 0 ? parseKey(line.slice(end).trim()) : undefined
  return key && { options: line.slice(0, end), ...key }
}

const same = (a: KeyLine, b: KeyLine): boolean =>
  a.options === b.options && a.type === b.type && (b.comment === undefined || a.comment === b.comment)

const written = ({ options, type, blob, comment }: KeyLine): string =>
  [options, type, blob, comment].filter(word => word).join(' ')

interface Parsed extends Line {
  readonly key: KeyLine | undefined
}

const parsed = (text: string): readonly Parsed[] =>
  splitLines(text).map(line => ({ ...line, key: parseKeyLine(line.text) }))

/**
 * The key may log in with exactly these options. It is known by its blob: the first line that has it is made right, any
 * further one goes, because sshd takes the first it finds and a person may edit the other. Without a wanted comment the old
 * one stays. `exclusive`: no other key stays.
 */
export const ensureKey = (text: string, wanted: KeyLine, { exclusive }: { readonly exclusive: boolean }): string => {
  const lines = parsed(text)
  const first = lines.find(l => l.key?.blob === wanted.blob)
  const kept = lines
    .filter(l => l === first || !l.key || (l.key.blob !== wanted.blob && !exclusive))
    .map(l =>
      l !== first || !l.key || same(l.key, wanted)
        ? l
        : { text: written({ ...wanted, comment: wanted.comment ?? l.key.comment }), end: l.end },
    )
  return joinLines(first ? kept : insertLines(kept, kept.length, [written(wanted)]))
}

export const removeKey = (text: string, blob: string): string =>
  joinLines(parsed(text).filter(l => l.key?.blob !== blob))
