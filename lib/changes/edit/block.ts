import { Refusal } from '../../errors.ts'
import { insertLines, joinLines, lineEnd, type Place, placeIndex, splitLines } from './lines.ts'

export interface Markers {
  readonly begin: string
  readonly end: string
}

/**
 * The lines between the markers are these; `undefined`: the block and its markers are not there. Refuses a block that is
 * there twice, or has only one of its markers: what lies behind a lone marker may be anybody's.
 */
export const ensureBlock = (
  file: string,
  text: string,
  { begin, end }: Markers,
  content: readonly string[] | undefined,
  place: Place,
): string => {
  const lines = splitLines(text)
  const begins = lines.flatMap((l, i) => (l.text === begin ? [i] : []))
  const ends = lines.flatMap((l, i) => (l.text === end ? [i] : []))
  const [from, to] = [begins[0], ends[0]]
  if (begins.length > 1 || ends.length > 1) throw new Refusal(`${file} has the block "${begin}" more than once`)
  if (from === undefined && to === undefined)
    return content ? joinLines(insertLines(lines, placeIndex(lines, place), [begin, ...content, end])) : text
  if (from === undefined || to === undefined || to < from)
    throw new Refusal(`${file} has one marker of the block "${begin}" without the other, or the end before the start`)
  if (!content) return joinLines(lines.toSpliced(from, to - from + 1))
  const eol = lineEnd(lines)
  return joinLines(lines.toSpliced(from + 1, to - from - 1, ...content.map(t => ({ text: t, end: eol }))))
}
