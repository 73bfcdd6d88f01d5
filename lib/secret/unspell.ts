/** A text without its escapes and quotes, and where each of its characters stands in the original. */
export interface Unspelt {
  readonly text: string
  readonly from: readonly number[]
  readonly to: readonly number[]
}

/**
 * Escapes of URLs (RFC 3986, and `+` of forms), C and `$'...'` of shells, JSON, .properties, XML. A row of backslashes counts as
 * one: escaped again, it has become a longer row. Backslashes that escape nothing are left out, and a row of quotes becomes one
 * quote, because there are so many ways to write them. Every row is taken as a whole, so that no host can make the search slow.
 */
const escapes =
  /(?:%[0-9a-f]{2})+|(?:\\+x[0-9a-f]{2})+|(?:\\+[0-3][0-7]{2})+|(?:\\*['"])+|\\+(?:u[0-9a-f]{4}|[abefnrtv0])?|&(?:#\d{1,9}|#x[0-9a-f]{1,8}|amp|lt|gt|quot|apos);|\+/gi

const QUOTE = "'"

const controls: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\u0007',
  b: '\b',
  e: '\u001b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

const codePoint = (code: number): string => (code <= 0x10ffff ? String.fromCodePoint(code) : '')

const utf8 = (digits: readonly string[], radix: number): string =>
  Buffer.from(digits.map(digit => Number.parseInt(digit, radix) & 0xff)).toString()

const meaning = (written: string): string => {
  if (/['"]$/.test(written)) return QUOTE
  if (written === '+') return ' '
  if (written.startsWith('%')) return utf8(written.slice(1).split('%'), 16)
  if (written.startsWith('&#x') || written.startsWith('&#X')) return codePoint(Number.parseInt(written.slice(3), 16))
  if (written.startsWith('&#')) return codePoint(Number.parseInt(written.slice(2), 10))
  if (written.startsWith('&')) return entities[written.slice(1, -1).toLowerCase()] ?? ''
  const [letter = '', ...digits] = written.replace(/^\\+/, '')
  if (/x/i.test(letter)) return utf8(written.match(/[0-9a-f]{2}/gi) ?? [], 16)
  if (/u/i.test(letter)) return String.fromCharCode(Number.parseInt(digits.join(''), 16))
  return digits.length > 0 ? utf8(written.match(/[0-7]{3}/g) ?? [], 8) : (controls[letter.toLowerCase()] ?? '')
}

const once = ({ text, from, to }: Unspelt): Unspelt => {
  const [starts, ends]: [number[], number[]] = [[], []]
  let plain = ''
  let done = 0
  const keep = (until: number): void => {
    plain += text.slice(done, until)
    for (; done < until; done++) {
      starts.push(from[done] ?? 0)
      ends.push(to[done] ?? 0)
    }
  }
  for (const { 0: written, index } of text.matchAll(escapes)) {
    keep(index)
    const meant = meaning(written)
    plain += meant
    done += written.length
    for (let i = 0; i < meant.length; i++) {
      starts.push(from[index] ?? 0)
      ends.push(to[done - 1] ?? 0)
    }
  }
  keep(text.length)
  return { text: plain, from: starts, to: ends }
}

/** How deep one escape may be inside of another: JSON in a URL in a shell's quotes. */
const DEEPEST = 6

/** What a text says, however it is spelt. Two spellings of the same text give the same. */
export const unspell = (text: string): Unspelt => {
  const from = Array.from({ length: text.length }, (_, i) => i)
  let now: Unspelt = { text, from, to: from.map(i => i + 1) }
  for (let depth = 0; depth < DEEPEST; depth++) {
    const before = now.text
    now = once(now)
    if (now.text === before) break
  }
  return now
}
