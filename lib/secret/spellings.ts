const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0')

/** In a pattern: hexadecimal digits in either case. */
const anyCase = (digits: string): string => digits.replace(/[a-f]/g, d => `[${d}${d.toUpperCase()}]`)

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')

/** Escaped, and perhaps that escaped again. Bounded, so that a host cannot make the search slow with a row of backslashes. */
const ESCAPED = '\\\\{1,8}'
const PERHAPS_ESCAPED = '\\\\{0,8}'

const letters: Readonly<Record<string, string>> = { '\n': 'n', '\r': 'r', '\t': 't', '\u001b': '[eE]', '\0': '0' }

const xmlNames: Readonly<Record<string, string>> = { '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": 'apos' }

const quotes = /[\\'"]/

/** A pattern for the ways in which a character may be written; letters and digits are left alone by all of them. */
const spellings = (character: string): string => {
  if (/\w/.test(character)) return character
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i))
  const bytes = [...Buffer.from(character)]
  const letter = letters[character]
  const name = xmlNames[character]
  const code = character.codePointAt(0) ?? 0
  return [
    // In a form, https://url.spec.whatwg.org/#urlencoded-serializing
    ...(character === ' ' ? ['\\+'] : []),
    quotes.test(character) ? literal(character) : `${PERHAPS_ESCAPED}${literal(character)}`,
    ...(letter === undefined ? [] : [`${ESCAPED}${letter}`]),
    units.map(unit => `${ESCAPED}u${anyCase(hex(unit, 4))}`).join(''),
    bytes.map(byte => `${ESCAPED}x${anyCase(hex(byte, 2))}`).join(''),
    bytes.map(byte => `${ESCAPED}${byte.toString(8).padStart(3, '0')}`).join(''),
    bytes.map(byte => `%${anyCase(hex(byte, 2))}`).join(''),
    ...(name === undefined ? [] : [`&${name};`]),
    `&#0{0,3}${code};`,
    `&#[xX]0{0,3}${anyCase(hex(code, 1))};`,
  ].join('|')
}

/**
 * A row of quotes and backslashes, of whichever quoting (`'\\''`, `'"'"'`, `''`), is one thing: each for itself, the ways to
 * share out a longer row would be without number.
 */
const row = (text: string): string =>
  `[\\\\'"]{${text.length},${16 * text.length}}?|${Array.from(text, c => `(?:${spellings(c)})`).join('')}`

/** Longer texts, and such with longer rows of quotes, are only found as they are: a host may have chosen them. */
const LONGEST = 4096
const LONGEST_ROW = 8

/**
 * Finds a text as programs print it, character by character: as it is, or escaped and quoted for JSON, a shell, .properties,
 * XML, SQL, a URL (RFC 3986). `undefined`: only as it is.
 */
export const patternOf = (text: string): RegExp | undefined => {
  if (/^\w*$/.test(text) || text.length > LONGEST) return undefined
  const atoms = text.match(/[\\'"]+|[^\\'"]/gsu) ?? []
  if (atoms.some(atom => quotes.test(atom) && atom.length > LONGEST_ROW)) return undefined
  const source = atoms.map(atom => `(?:${quotes.test(atom) ? row(atom) : spellings(atom)})`)
  return new RegExp(source.join(''), 'g')
}
