import { Refusal } from '../../errors.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const decoded = (bytes: Buffer): string | undefined => {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

const ascii = (text: string): boolean => /^\p{ASCII}*$/u.test(text)

/**
 * Edits bytes as text so that every byte that the edit leaves alone comes back as it was. A file that is not UTF-8 is read
 * a byte a character, which is right as long as the words of the edit are ASCII; else it is refused, and so is a file
 * with NUL bytes. `words`: what the edit looks for and puts in.
 */
export const editText = (
  file: string,
  before: Buffer,
  words: readonly string[],
  edit: (text: string) => string,
): Buffer => {
  if (before.includes(0)) throw new Refusal(`${file} holds NUL bytes: it is no text file`)
  const text = decoded(before)
  if (text !== undefined) return Buffer.from(edit(text))
  if (!words.every(ascii))
    throw new Refusal(`${file} is not UTF-8, so nothing but ASCII can be looked for or put into it`)
  return Buffer.from(edit(before.toString('latin1')), 'latin1')
}
