/** Characters of a line that are shown, so that one line of a host cannot fill a screen. */
const MAX_LINE = 2000

/**
 * What a terminal obeys instead of showing: control characters (C0, DEL, C1), invisible format characters (bidirectional
 * overrides, zero width), line and paragraph separators, halves of surrogate pairs, private use.
 */
const unseen = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}]/gu

const names: Readonly<Record<string, string>> = { '\r': '\\r', '\n': '\\n', '\t': '\t' }

const writeOut = (character: string): string => {
  const code = character.codePointAt(0) ?? 0
  const hex = code.toString(16)
  return names[character] ?? (code <= 0xff ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`)
}

const clip = (line: string): string =>
  line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}… and ${line.length - MAX_LINE} more characters` : line

/** One line: whatever a terminal would obey is written out, `\n` and `\x1b` for example. Tabs stay. */
export const oneLine = (text: string): string => clip(text).replace(unseen, writeOut)

/** Several lines, each by itself. A carriage return, alone or before a line feed, ends a line (progress bars). */
export const forTerminal = (text: string): string =>
  text
    .split(/\r\n|\r|\n/)
    .map(oneLine)
    .join('\n')

const unicode = (text: string): string =>
  Array.from({ length: text.length }, (_, i) => `\\u${text.charCodeAt(i).toString(16).padStart(4, '0')}`).join('')

/**
 * JSON that is safe to look at: what JSON.stringify leaves as it is, but a terminal obeys, becomes `\uXXXX`; so does the
 * bracket of `##[`, which runners of CI obey in the middle of a line.
 */
export const safeJson = (value: unknown): string =>
  JSON.stringify(value)
    .replace(unseen, unicode)
    .replaceAll('##[', `##${unicode('[')}`)

/** At most so many characters of a text that is one line already; a tab counts, and is shown, as a space. */
export const clipTo = (text: string, columns: number): string => {
  const characters = Array.from(text.replaceAll('\t', ' '))
  return characters.length > columns
    ? `${characters.slice(0, Math.max(0, columns - 1)).join('')}…`
    : characters.join('')
}
