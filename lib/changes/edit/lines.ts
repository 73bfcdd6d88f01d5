/** A line of a text, with the bytes that end it: `\n`, `\r\n`, or nothing at the end of a file. */
export interface Line {
  readonly text: string
  readonly end: string
}

/** Cuts at `\n` only, as grep does; a `\r` before it belongs to the end. Joining gives back exactly what was cut. */
export const splitLines = (text: string): readonly Line[] =>
  [...text.matchAll(/([^\n]*?)(\r?\n|$(?![\s\S]))/g)]
    .map(([, line = '', end = '']) => ({ text: line, end }))
    .filter(line => line.text !== '' || line.end !== '')

export const joinLines = (lines: readonly Line[]): string => lines.map(l => l.text + l.end).join('')

/** How the file ends its lines, by its first one. */
export const lineEnd = (lines: readonly Line[]): string => lines[0]?.end || '\n'

/** Puts lines at an index; a last line without an end gets one when something comes behind it. */
export const insertLines = (lines: readonly Line[], index: number, texts: readonly string[]): readonly Line[] => {
  const end = lineEnd(lines)
  const before = lines.slice(0, index).map(l => (l.end === '' ? { ...l, end } : l))
  return [...before, ...texts.map(text => ({ text, end })), ...lines.slice(index)]
}

/** Where new lines go. A pattern that no line matches means the end of the file. */
export type Place =
  | { readonly after: RegExp }
  | { readonly before: RegExp }
  | { readonly at: 'start' }
  | { readonly at: 'end' }

export const placeIndex = (lines: readonly Line[], place: Place): number => {
  if ('at' in place) return place.at === 'start' ? 0 : lines.length
  const pattern = 'after' in place ? place.after : place.before
  const found = lines.findLastIndex(l => pattern.test(l.text))
  if (found < 0) return lines.length
  return 'after' in place ? found + 1 : found
}
