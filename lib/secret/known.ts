import { encodingsOf } from './encodings.ts'
import { patternOf } from './spellings.ts'

/** Characters. Anything shorter is found everywhere by chance, so that it cannot be masked by its value. */
export const SHORTEST_SECRET = 6

const MASK = '[secret]'

/** What was ever to be hidden, and how it may look. */
const known = new Set<string>()
const literals = new Set<string>()
/** Each with the letters and digits that stand in it in any case: looking for these first is ten times as quick. */
const patterns: { readonly core: string; readonly pattern: RegExp }[] = []

const FRAME_OF_KEY = /^-----(BEGIN|END) [^-]+-----$/

const add = (part: string): void => {
  if (part.length < SHORTEST_SECRET || !part.trim() || known.has(part) || FRAME_OF_KEY.test(part)) return
  known.add(part)
  const pattern = patternOf(part)
  const core = (part.match(/\w+/g) ?? ['']).reduce((a, b) => (b.length > a.length ? b : a))
  if (pattern) patterns.push({ core, pattern })
  else literals.add(part)
  for (const encoded of encodingsOf(part)) literals.add(encoded)
}

/**
 * Masks this text from now on, in whatever is shown: as a whole, and each of its lines by itself, because output comes line by
 * line. What is shorter than SHORTEST_SECRET is not masked.
 */
export const hide = (text: string): void => {
  const whole = text.replace(/^[\r\n]+|[\r\n]+$/g, '')
  for (const line of [whole, ...text.split(/[\r\n]+/)]) {
    add(line)
    add(line.trim())
  }
}

type Span = readonly [from: number, to: number]

const spansOf = function* (text: string): Generator<Span> {
  for (const one of literals)
    for (let at = text.indexOf(one); at >= 0; at = text.indexOf(one, at + 1)) yield [at, at + one.length]
  for (const { core, pattern } of patterns) {
    if (!text.includes(core)) continue
    pattern.lastIndex = 0
    for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
      yield [found.index, pattern.lastIndex]
      pattern.lastIndex = found.index + 1
    }
  }
}

/**
 * The text with everything known replaced, however it is spelt: escaped, quoted, URL-encoded, in base64 or hexadecimal. Where
 * two overlap, neither leaves a rest behind.
 */
export const maskSecrets = (text: string): string => {
  let masked = ''
  let done = 0
  for (const [from, to] of [...spansOf(text)].sort(([a], [b]) => a - b)) {
    if (from >= done) masked += text.slice(done, from) + MASK
    done = Math.max(done, to)
  }
  return masked + text.slice(done)
}
