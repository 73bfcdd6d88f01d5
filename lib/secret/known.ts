import { formsOf } from './forms.ts'

/** Characters. Anything shorter is found everywhere by chance, so that it cannot be masked by its value. */
export const SHORTEST_SECRET = 6

const MASK = '[secret]'

/** Parts that were ever to be hidden, and every form of them that a program may print. */
const known = new Set<string>()
const forms = new Set<string>()

const FRAME_OF_KEY = /^-----(BEGIN|END) [^-]+-----$/

/**
 * Masks this text from now on, in whatever is shown: as a whole, and each of its lines by itself, because output comes line by
 * line. What is shorter than SHORTEST_SECRET is not masked.
 */
export const hide = (text: string): void => {
  const lines = [text.replace(/^[\r\n]+|[\r\n]+$/g, ''), ...text.split(/[\r\n]+/)]
  for (const part of lines.flatMap(line => [line, line.trim()])) {
    if (part.length < SHORTEST_SECRET || known.has(part) || FRAME_OF_KEY.test(part)) continue
    known.add(part)
    for (const form of formsOf(part)) forms.add(form)
  }
}

type Span = readonly [from: number, to: number]

/** Where any form of anything known stands; they may overlap. */
const spansIn = (text: string): readonly Span[] => {
  const spans: Span[] = []
  for (const form of forms)
    for (let at = text.indexOf(form); at >= 0; at = text.indexOf(form, at + 1)) {
      const last = spans.at(-1)
      if (last && last[0] <= at && at < last[1])
        spans[spans.length - 1] = [last[0], Math.max(last[1], at + form.length)]
      else spans.push([at, at + form.length])
    }
  return spans.sort(([a], [b]) => a - b)
}

/**
 * The text with everything known replaced, in all its forms (escaped, quoted, URL-encoded, base64, hexadecimal). Where two
 * overlap, neither leaves a rest behind.
 */
export const maskSecrets = (text: string): string => {
  let masked = ''
  let done = 0
  for (const [from, to] of spansIn(text)) {
    if (from >= done) masked += text.slice(done, from) + MASK
    done = Math.max(done, to)
  }
  return masked + text.slice(done)
}
