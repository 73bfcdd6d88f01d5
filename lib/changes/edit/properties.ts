import { type Node, type Pair, parseLines, stringify } from 'dot-properties'

const isPair = (node: Node): node is Required<Pair> => node.type === 'PAIR'

/**
 * The library knows only `\\n` behind a backslash in a key or separator. A break of the same length that means the same:
 * blanks at the start of a continued line do not count.
 */
const withPlainContinuations = (text: string): string =>
  text.replace(/\\(\r\n|[\s\S])/g, (pair, next) => (next === '\r\n' ? '\\\n ' : next === '\r' ? '\\\n' : pair))

/** A lone backslash at the end of the file continues nothing; before what is written behind it it would mean something. */
const withoutLoneEnd = (text: string): string => text.replace(/(?<!\\)((?:\\\\)*)\\$/, '$1')

const pairsOf = (text: string): Required<Pair>[] => parseLines(withPlainContinuations(text), true).filter(isPair)

/** What a program reads from the file: the last of several occurrences of a key counts. */
export const liveProperties = (text: string): ReadonlyMap<string, string> =>
  new Map(pairsOf(withoutLoneEnd(text)).map(({ key, value }) => [key, value]))

const escaped = (pair: readonly [string, string]): string =>
  stringify([[...pair]], { lineWidth: null, keySep: '=' }).replace(
    /[\x80-\uffff]/g,
    c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/**
 * A value as it is written behind a separator: on one physical line, and in ASCII, which is right whether the file is read
 * as ISO 8859-1 or as UTF-8. A first `=` or `:` is escaped, because behind a space it would be the separator.
 */
export const escapeProperty = (value: string): string => escaped(['', value]).slice(1).replace(/^[=:]/, '\\$&')

const escapeKey = (key: string): string => escaped([key, '']).slice(0, -1)

/** A separator that may be written again, on one line. */
const usual = /^(?=.)[ \t]*(?:[=:][ \t]*)?$/

const lineEndOf = (text: string): string => /\r\n|\r|\n/.exec(text)?.[0] ?? '\n'

/** The pair's logical line, with its indentation and what ends it. */
const wholeLine = (text: string, { range: [start, , , end] }: Required<Pair>): readonly [number, number] => {
  let from = start
  while (from > 0 && ' \t\f'.includes(text.charAt(from - 1))) from--
  const eol = text.startsWith('\r\n', end) ? 2 : text[end] === '\r' || text[end] === '\n' ? 1 : 0
  return [from, end + eol]
}

interface Patch {
  readonly from: number
  readonly to: number
  readonly text: string
}

/** In one pass, in the order of the text: a file may have a key a hundred thousand times. */
const patched = (text: string, patches: readonly Patch[]): string =>
  patches.map((p, i) => text.slice(patches[i - 1]?.to ?? 0, p.from) + p.text).join('') +
  text.slice(patches.at(-1)?.to ?? 0)

const replaceValue = (text: string, pair: Required<Pair>, value: string): Patch => {
  const [, keyEnd, valueStart, valueEnd] = pair.range
  // A key alone on its line, or one that ends in an escaped line break, has nothing yet that would part it from a value.
  const bare = valueStart === keyEnd || !/[ \t\f=:]/.test(text.slice(keyEnd, valueStart))
  return { from: valueStart, to: valueEnd, text: `${bare ? '=' : ''}${escapeProperty(value)}` }
}

/**
 * Sets and removes keys of a Java .properties text, read as ISO 8859-1. Every occurrence of a key is dealt with, because the
 * last one wins; whatever is not named stays byte for byte: comments, order, separators, continuation lines, escapes.
 * New keys go to the end, with the separator of the last pair of the file.
 * Format: https://docs.oracle.com/javase/8/docs/api/java/util/Properties.html#load-java.io.Reader-
 */
export const editProperties = (
  given: string,
  wanted: ReadonlyMap<string, string>,
  remove: readonly string[] = [],
): string => {
  const text = withoutLoneEnd(given)
  const pairs = pairsOf(text)
  const patches = pairs.flatMap((pair): Patch[] => {
    if (remove.includes(pair.key)) {
      const [from, to] = wholeLine(text, pair)
      return [{ from, to, text: '' }]
    }
    const value = wanted.get(pair.key)
    return value === undefined || value === pair.value ? [] : [replaceValue(text, pair, value)]
  })
  const edited = patched(text, patches)
  const there = new Set(pairs.map(p => p.key))
  const eol = lineEndOf(text)
  const separator = pairs.findLast(p => usual.test(p.separator(text) ?? ''))?.separator(text) ?? '='
  const added = [...wanted]
    .filter(([key]) => !there.has(key))
    .map(([k, v]) => escapeKey(k) + separator + escapeProperty(v) + eol)
  if (added.length === 0) return patches.length === 0 ? given : edited
  // A last line that ends in a lone backslash would swallow what comes behind it; an empty line ends it.
  const open = /(?<!\\)(\\\\)*\\(\r\n|\r|\n)?$/.test(edited) ? eol : ''
  return edited + (edited === '' || /[\r\n]$/.test(edited) ? '' : eol) + open + added.join('')
}
