/**
 * Base64 writes three bytes as four characters, so a text inside of something larger looks in one of three ways. Characters
 * that also hold bits of its neighbours are left out. The alphabet is that of RFC 4648, section 4.
 */
export const base64Of = (text: string): readonly string[] =>
  [0, 1, 2].map(before => {
    const all = Buffer.concat([Buffer.alloc(before), Buffer.from(text)])
    const written = all.toString('base64').replace(/=+$/, '')
    return written.slice(before === 0 ? 0 : before + 1, all.length % 3 === 0 ? undefined : -1)
  })

export const hexOf = (text: string): string => Buffer.from(text).toString('hex')
