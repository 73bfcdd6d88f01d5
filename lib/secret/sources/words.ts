import { Locked } from './locked.ts'

/**
 * A program and its arguments as they are written in a variable of the environment: words with spaces between them, quotes
 * around a word that has spaces in it. Nothing else means anything: no `$`, no `|`, no `*`. Throws Locked: a quote is open.
 */
export const words = (text: string, from: string): readonly string[] => {
  const found: string[] = []
  let word: string | undefined
  let quote = ''
  for (const character of text) {
    if (quote) {
      if (character === quote) quote = ''
      else word += character
    } else if (character === '"' || character === "'") {
      quote = character
      word ??= ''
    } else if (/\s/.test(character)) {
      if (word !== undefined) found.push(word)
      word = undefined
    } else word = (word ?? '') + character
  }
  if (quote) throw new Locked(`${from}: a quote is not closed`)
  return word === undefined ? found : [...found, word]
}
