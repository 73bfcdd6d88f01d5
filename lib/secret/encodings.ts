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

/** A file that begins with the text, in lines. */
const wrapped = (text: string): readonly string[] => {
  const [written = ''] = base64(text)
  return widths.flatMap(width =>
    written.length > width ? (written.match(new RegExp(`.{8,${width}}`, 'g')) ?? []) : [],
  )
}

/** The text in base64 (RFC 4648, both alphabets) and hexadecimal. */
export const encodingsOf = (text: string): readonly string[] => {
  const hex = Buffer.from(text).toString('hex')
  return [...new Set([...base64(text), ...wrapped(text), hex, hex.toUpperCase()])]
}
