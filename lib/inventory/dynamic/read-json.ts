import type { Problem } from '../../errors.ts'
import { traceValue } from '../trace-value.ts'
import type { Key, Traced } from '../traced.ts'

/** A whole number that JSON.parse would round. */
const tooLong = (text: string): string | undefined => {
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g))
    if (/^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token))) return token
  return undefined
}

/** What a program printed, as values that know their path. `source` is the program with its arguments. */
export const readJson = (
  source: string,
  text: string,
  problems: Problem[],
  path: readonly Key[] = [],
): Traced | undefined => {
  const number = tooLong(text)
  if (number !== undefined) {
    problems.push({
      message: `${source}: the whole number ${number} is past 2^53 and would be rounded`,
      hint: 'Print it as text, in quotes.',
    })
    return undefined
  }
  try {
    return traceValue(source, JSON.parse(text) as unknown, problems, path)
  } catch (error) {
    // The parser's own words quote what was printed, and that may hold a secret.
    const [, position] = /at position (\d+)/.exec(String(error)) ?? []
    const where = position === undefined ? '' : `, at character ${Number(position) + 1}`
    problems.push({
      message: `${source}: ${text.trim() ? `what it printed is not JSON${where}` : 'it printed nothing'}`,
    })
    return undefined
  }
}
