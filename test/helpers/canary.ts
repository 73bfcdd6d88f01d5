import { randomBytes } from 'node:crypto'
import { base64Of } from '../../lib/secret/encodings.ts'

/** Characters in a row that give a canary away. */
const TRACE = 10

const windows = (text: string): readonly string[] =>
  Array.from({ length: Math.max(0, text.length - TRACE + 1) }, (_, i) => text.slice(i, i + TRACE))

/** A secret that is nowhere else, with what formats escape behind it. */
export const canary = (kind: string): string => `Cnry${kind}${randomBytes(9).toString('hex')} '"\\$&%<+é`

/**
 * Everything that would give canaries away: ten characters in a row of the part that looks alike in all spellings, and of what
 * base64 (wherever it begins), base64url and hexadecimal make of it.
 */
export const tracesOf = (canaries: readonly string[]): readonly string[] => {
  const traces = canaries.flatMap(value => {
    // What follows it is the same in all canaries.
    const [plain = ''] = value.split(' ')
    const encoded = base64Of(plain)
    const hex = Buffer.from(plain).toString('hex')
    return [
      plain,
      ...encoded,
      ...encoded.map(one => one.replaceAll('+', '-').replaceAll('/', '_')),
      hex,
      hex.toUpperCase(),
    ]
  })
  return [...new Set(traces.flatMap(windows))]
}

/** Those that a text has in it. */
export const tracesIn = (text: string, traces: readonly string[]): readonly string[] =>
  traces.filter(trace => text.includes(trace))
