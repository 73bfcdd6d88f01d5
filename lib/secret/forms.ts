type Encode = (text: string) => string

const hex = (code: number, digits: number): string => code.toString(16).padStart(digits, '0')

/** As JSON.stringify writes it, without the quotes around it. */
const json: Encode = text => JSON.stringify(text).slice(1, -1)

/** As writers of JSON and of .properties do that keep to ASCII. */
const asciiJson: Encode = text => json(text).replace(/[\x7f-\uffff]/g, c => `\\u${hex(c.charCodeAt(0), 4)}`)

const bytes = (text: string): readonly number[] => [...Buffer.from(text)]

/** RFC 3986 section 2.1; what stays as it is, is a matter of taste: `encodeURIComponent` leaves `!'()*`, others do not. */
const percent =
  (stays: RegExp, space = '%20'): Encode =>
  text =>
    bytes(text)
      .map(byte => {
        const character = String.fromCharCode(byte)
        return character === ' ' ? space : stays.test(character) ? character : `%${hex(byte, 2).toUpperCase()}`
      })
      .join('')

const strict = /[\w.~-]/
const lax = /[\w.~!'()*-]/

const lowerPercent: Encode = text => text.replace(/%[0-9A-F]{2}/g, found => found.toLowerCase())

/** In `$'...'` of a shell, and in most programming languages. */
const controls: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\u001b': '\\E',
  '\0': '\\0',
}
const ansiC: Encode = text => Array.from(text, c => controls[c] ?? (/[\\']/.test(c) ? `\\${c}` : c)).join('')
const octal: Encode = text =>
  ansiC(text).replace(/[^\x20-\x7e]/gu, c => bytes(c).reduce((all, b) => `${all}\\${b.toString(8)}`, ''))

const xml =
  (apostrophe: string, quote: string): Encode =>
  text =>
    text
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll("'", apostrophe)
      .replaceAll('"', quote)

const encoders: readonly Encode[] = [
  json,
  asciiJson,
  text => json(json(text)),
  text => asciiJson(asciiJson(text)),
  text => json(text).replaceAll('/', '\\/'),
  // Between single quotes of a shell, between double ones, without any, and as SQL doubles them.
  text => text.replaceAll("'", `'\\''`),
  text => text.replaceAll("'", `'"'"'`),
  text => text.replace(/["$`\\]/g, '\\$&'),
  text => text.replace(/[^\w@%+=:,./-]/g, c => (c > '\x7e' ? c : `\\${c}`)),
  text => text.replaceAll("'", "''"),
  text => text.replaceAll('"', '""'),
  ansiC,
  octal,
  percent(strict),
  percent(lax),
  percent(strict, '+'),
  percent(/[\w.*-]/, '+'),
  text => lowerPercent(percent(strict)(text)),
  text => lowerPercent(percent(strict, '+')(text)),
  xml("'", '&quot;'),
  xml('&apos;', '&quot;'),
  xml('&#39;', '&#34;'),
  xml('&#x27;', '&quot;'),
  xml("'", '"'),
  text => Buffer.from(text).toString('hex'),
  text => Buffer.from(text).toString('hex').toUpperCase(),
]

/** Characters of a line of base64: coreutils and MIME (RFC 2045), PEM (RFC 7468). */
const widths = [76, 64] as const

/**
 * Base64 writes three bytes as four characters, so a text inside of something larger looks in one of three ways. Characters
 * that also hold bits of its neighbours are left out.
 */
const base64 = (text: string): readonly string[] =>
  [0, 1, 2].flatMap(before => {
    const all = Buffer.concat([Buffer.alloc(before), Buffer.from(text)])
    const written = all.toString('base64').replace(/=+$/, '')
    const inner = written.slice(before === 0 ? 0 : before + 1, all.length % 3 === 0 ? undefined : -1)
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')]
  })

const wrapped = (text: string): readonly string[] => {
  const written = base64(text)[0] ?? ''
  return widths.flatMap(width =>
    written.length > width ? (written.match(new RegExp(`.{8,${width}}`, 'g')) ?? []) : [],
  )
}

/** How programs may print a text, itself first: escaped, quoted, encoded. */
export const formsOf = (text: string): readonly string[] => [
  ...new Set([text, ...encoders.map(encode => encode(text)), ...base64(text), ...wrapped(text)]),
]
