import { insertLines, joinLines, type Place, placeIndex, splitLines } from './lines.ts'

/**
 * The line is there. With `match`, the last line that matches becomes it; without such a line, or without `match`, it is
 * put at `place` unless it is somewhere already. Applying it twice is applying it once, also when `line` does not match
 * `match` itself: then a file that has the line is left alone.
 */
export const ensureLine = (text: string, line: string, place: Place, match?: RegExp): string => {
  const lines = splitLines(text)
  const present = lines.some(l => l.text === line)
  if (match && (match.test(line) || !present)) {
    const last = lines.findLastIndex(l => match.test(l.text))
    const old = lines[last]
    if (old) return joinLines(lines.with(last, { text: line, end: old.end }))
  }
  return present ? text : joinLines(insertLines(lines, placeIndex(lines, place), [line]))
}

/** No line is, or matches, this. */
export const removeLines = (text: string, unwanted: string | RegExp): string =>
  joinLines(splitLines(text).filter(l => (typeof unwanted === 'string' ? l.text !== unwanted : !unwanted.test(l.text))))
