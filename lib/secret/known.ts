import { base64Of } from './encodings.ts'
import { FRAGMENT, Fragments } from './fragments.ts'
import { misreadings } from './misread.ts'
import { unspell } from './unspell.ts'

/** Characters. Anything shorter is found everywhere by chance, so that it cannot be masked by its value. */
export const SHORTEST_SECRET = 6

const MASK = '[secret]'

/** What was ever to be hidden: as it is and encoded; and, where escapes can make it look otherwise, without these. */
const literals = new Set<string>()
const fragments = new Fragments()
const escapable = new Map<string, { readonly core: string; readonly meaning: string }>()

const FRAME_OF_KEY = /^-----(BEGIN|END) [^-]+-----$/

/** The longest row of letters and digits. It looks the same in all spellings, and is looked for first because that is quick. */
const coreOf = (text: string): string =>
  (text.match(/[A-Za-z0-9]+/g) ?? []).reduce((a, b) => (b.length > a.length ? b : a), '')

const add = (part: string): void => {
  if (part.length < SHORTEST_SECRET || !part.trim() || literals.has(part) || FRAME_OF_KEY.test(part)) return
  for (const form of [part, JSON.stringify(part).slice(1, -1)]) literals.add(form)
  fragments.add(part)
  // The shortest secrets give base64 that is shorter than a piece.
  for (const form of base64Of(part).filter(written => written.length < FRAGMENT)) {
    literals.add(form)
    literals.add(form.replaceAll('+', '-').replaceAll('/', '_'))
  }
  const meaning = unspell(part).text
  const core = coreOf(part)
  if (core !== part && meaning.length >= SHORTEST_SECRET) escapable.set(part, { core, meaning })
}

/**
 * Masks this text from now on, in whatever is shown: as a whole, and each of its lines by itself, because output comes line by
 * line. What is shorter than SHORTEST_SECRET is not masked, and what has little more in it than quotes only as it is and in JSON.
 */
export const hide = (text: string): void => {
  for (const read of [text, ...misreadings(text)]) {
    const whole = read.replace(/^[\r\n]+|[\r\n]+$/g, '')
    for (const line of [whole, ...read.split(/[\r\n]+/)]) {
      add(line)
      add(line.trim())
    }
  }
}

type Span = readonly [from: number, to: number]

function* occurrences(text: string, part: string): Generator<number> {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1)) yield at
}

function* spansOf(text: string): Generator<Span> {
  for (const form of literals) for (const at of occurrences(text, form)) yield [at, at + form.length]
  yield* fragments.spansOf(text)
  const candidates = [...escapable.values()].filter(({ core }) => text.includes(core))
  if (candidates.length === 0) return
  const unspelt = unspell(text)
  for (const { meaning } of candidates)
    for (const at of occurrences(unspelt.text, meaning))
      yield [unspelt.from[at] ?? 0, unspelt.to[at + meaning.length - 1] ?? text.length]
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
