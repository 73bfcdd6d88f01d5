/** A word of a host line, with the column that each of its characters has in the line, from 1. */
export interface Word {
  readonly text: string
  readonly columns: readonly number[]
  readonly column: number
}

export interface WrongWord {
  readonly wrong: string
  readonly column: number
}

/**
 * The words of a line as a POSIX shell would split them, without expansions: quotes hold words together, a backslash quotes
 * the next character, and `#` starts a comment even within a word. The same as Python's `shlex.split(line, comments=True)`.
 * Source: https://docs.python.org/3/library/shlex.html#parsing-rules
 */
export const splitWords = (line: string): readonly Word[] | WrongWord => {
  const words: Word[] = []
  let text = ''
  let columns: number[] = []
  let start: number | undefined
  let quote: { readonly mark: string; readonly column: number } | undefined
  const end = (): void => {
    if (start !== undefined) words.push({ text, columns, column: start })
    text = ''
    columns = []
    start = undefined
  }
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!
    const take = (index: number): void => {
      text += line[index]
      columns.push(index + 1)
    }
    if (!quote && /[ \t\r\n]/.test(character)) {
      end()
      continue
    }
    if (!quote && character === '#') break
    start ??= i + 1
    const next = line[i + 1]
    if (quote && character === quote.mark) quote = undefined
    else if (character === '\\' && quote?.mark !== "'") {
      if (next === undefined) return { wrong: 'nothing follows the backslash', column: i + 1 }
      // Within double quotes only these two can be quoted; before others the backslash stays.
      if (quote && next !== '"' && next !== '\\') take(i)
      take(++i)
    } else if (!quote && (character === '"' || character === "'")) quote = { mark: character, column: i + 1 }
    else take(i)
  }
  if (quote) return { wrong: `the quote ${quote.mark} is not closed`, column: quote.column }
  end()
  return words
}
