/** What was read, how many characters it took, and what is wrong with it. */
type Found = { readonly length: number } & ({ readonly value: number } | { readonly wrong: string })

const digits = '\\d(?:_?\\d)*'
const exponent = `[eE][+-]?${digits}`
const hex = /^0[xX](?:_?[0-9a-fA-F])+|^0[oO](?:_?[0-7])+|^0[bB](?:_?[01])+/
const float = new RegExp(`^(?:(?:${digits})?\\.${digits}|${digits}\\.)(?:${exponent})?|^${digits}${exponent}`)
const imaginaryNumber = new RegExp(
  `^(?:${digits}|(?:${digits})?\\.${digits}|${digits}\\.)(?:${exponent})?[jJ](?![\\p{L}\\p{N}_.])`,
  'u',
)
const whole = /^(?:[1-9](?:_?\d)*|0(?:_?0)*)/

/**
 * The number that a text starts with, as Python writes numbers; undefined where it starts with none, as in `10.0.0.1` or `007`.
 * Source: https://docs.python.org/3/reference/lexical_analysis.html#numeric-literals
 */
export const readNumber = (text: string): Found | undefined => {
  const imaginary = imaginaryNumber.exec(text)
  if (imaginary) return { length: imaginary[0].length, wrong: 'a complex number' }
  const found = hex.exec(text) ?? float.exec(text) ?? whole.exec(text)
  if (!found) return undefined
  const { length } = found[0]
  const behind = text.slice(length)
  if (/^[\p{L}\p{N}_.]/u.test(behind)) return undefined
  const value = Number(found[0].replaceAll('_', ''))
  if (!Number.isFinite(value)) return { length, wrong: 'an infinite number' }
  if (!/[.eE]/.test(found[0]) || hex.test(found[0]))
    if (!Number.isSafeInteger(value)) return { length, wrong: `the whole number ${found[0]}, past 2^53` }
  return { length, value }
}
