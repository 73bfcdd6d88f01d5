/** Thrown by `quote`: no shell can be given such a value. */
export class UnquotableError extends Error {
  override readonly name = 'UnquotableError'
}

const problemOf = (value: string): string | undefined => {
  if (value.includes('\0')) return 'a NUL byte cannot be an argument of a program'
  if (/\p{Surrogate}/u.test(value)) return 'half of a surrogate pair is no character'
  return undefined
}

/**
 * A word that every POSIX sh reads back as exactly this value. Throws UnquotableError for NUL and for lone surrogates.
 * Source: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#tag_19_02_02
 */
export const quote = (value: string): string => {
  const problem = problemOf(value)
  if (problem) throw new UnquotableError(problem)
  return `'${value.replaceAll("'", String.raw`'\''`)}'`
}

const plain = (byte: number): boolean =>
  (byte >= 0x20 && byte < 0x7f && byte !== 0x27 && byte !== 0x5c) || byte === 0x0a || byte === 0x09

/** Every byte value as it stands in `printf %b`: itself, or `\0` and three octal digits. */
const escapes = Array.from({ length: 256 }, (_, byte) =>
  plain(byte) ? String.fromCharCode(byte) : `\\0${byte.toString(8).padStart(3, '0')}`,
)

/** A quoted word from which `printf %b` makes exactly these bytes, NUL and non-UTF-8 too. Up to five times as long. */
export const quoteBytes = (bytes: Uint8Array): string => {
  let text = "'"
  for (const byte of bytes) text += escapes[byte]
  return `${text}'`
}
