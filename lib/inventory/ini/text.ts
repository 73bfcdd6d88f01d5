type Found = { readonly length: number } & ({ readonly value: string } | { readonly wrong: string })

const start = /^([rR]?[bB]|[bB][rR]|[rRuU]?)('''|"""|'|")/

const simple: Readonly<Record<string, string>> = {
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
}

/** What stands behind a backslash, from `from`: its meaning and length; undefined where Python reads nothing at all. */
const readEscape = (text: string, from: number): Found | undefined => {
  const letter = text[from] ?? ''
  const known = simple[letter]
  if (known !== undefined) return { value: known, length: 1 }
  const [octal] = /^[0-7]{1,3}/.exec(text.slice(from, from + 3)) ?? []
  if (octal !== undefined) return { value: String.fromCharCode(Number.parseInt(octal, 8)), length: octal.length }
  const count = { x: 2, u: 4, U: 8 }[letter]
  if (letter === 'N' && text[from + 1] === '{') return { wrong: 'text with the name of a character', length: 1 }
  // Python keeps a backslash that means nothing.
  if (count === undefined) return { value: `\\${letter}`, length: 1 }
  const code = text.slice(from + 1, from + 1 + count)
  const point = Number.parseInt(code, 16)
  if (code.length < count || /[^0-9a-fA-F]/.test(code) || point > 0x10ffff) return undefined
  return { value: String.fromCodePoint(point), length: 1 + count }
}

/**
 * The quoted string that a text starts with, as Python writes strings; undefined where it starts with none that is closed.
 * Source: https://docs.python.org/3/reference/lexical_analysis.html#string-and-bytes-literals
 */
export const readText = (text: string): Found | undefined => {
  const [opening = '', prefix = '', quote = ''] = start.exec(text) ?? []
  if (!quote) return undefined
  const bytes = /b/i.test(prefix)
  let value = ''
  let wrong = bytes ? 'bytes' : undefined
  for (let i = opening.length; i < text.length; ) {
    if (text.startsWith(quote, i)) {
      const length = i + quote.length
      return wrong === undefined ? { value, length } : { wrong, length }
    }
    if (bytes && text[i]! > '\x7f') return undefined
    if (text[i] !== '\\') value += text[i++]
    else if (/r/i.test(prefix)) {
      value += text.slice(i, i + 2)
      i += 2
    } else {
      const found = readEscape(text, i + 1)
      if (!found) return undefined
      if ('wrong' in found) wrong ??= found.wrong
      else value += found.value
      i += 1 + found.length
    }
  }
  return undefined
}
