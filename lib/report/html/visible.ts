import { forTerminal, oneLine } from '../terminal-text.ts'

/** Characters of one text that a report holds; of a longer one, its end. */
const MAX_TEXT = 100_000

/** Colours and weights that programs give their output: of no use on a page. ECMA-48, SGR. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the escape character is what is looked for
const colours = /\u001b\[[0-9;:]*m/g

const tail = (text: string): string =>
  text.length <= MAX_TEXT ? text : `… ${text.length - MAX_TEXT} characters before this\n${text.slice(-MAX_TEXT)}`

/**
 * Several lines, with everything that cannot be seen written out: a host that prints a bidirectional override must not be
 * able to make a page read differently from what it says.
 */
export const visible = (text: string): string => forTerminal(tail(text).replace(colours, '')).replace(/\n+$/, '')

export const visibleLine = (text: string): string => oneLine(text.replace(colours, ''))
