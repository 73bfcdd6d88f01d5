import { UsageError } from '../errors.ts'
import { Secret } from '../secret.ts'
import type { Terminal } from './terminal.ts'

/** Left by Ctrl-C or Ctrl-D at a question. */
export class Cancelled extends Error {}

const ENTER = /[\r\n]/
const BACKSPACE = /[\u007f\b]/

/**
 * Asks on the terminal and shows nothing of what is typed. The question goes to stderr, so that stdout stays clean.
 * Throws UsageError where there is no terminal to ask on: nothing ever waits for an answer that cannot come.
 */
export const askHidden = async (
  question: string,
  { stdin, stderr }: Pick<Terminal, 'stdin' | 'stderr'>,
  instead: string,
): Promise<Secret> => {
  if (!stdin.isTTY || !stderr.isTTY || !stdin.setRawMode)
    throw new UsageError([{ message: `cannot ask "${question}": there is no terminal`, hint: instead }])
  stderr.write(`${question}: `)
  stdin.setRawMode(true)
  stdin.resume()
  let typed: string[] = []
  try {
    return await new Promise<Secret>((resolve, reject) => {
      const end = (): void => reject(new Cancelled())
      const read = (chunk: Buffer | string): void => {
        for (const letter of String(chunk)) {
          if (ENTER.test(letter)) {
            stdin.off('data', read)
            stdin.off('end', end)
            resolve(new Secret(typed.join('')))
            return
          }
          if (letter === '\u0003' || letter === '\u0004') end()
          else if (letter === '\u0015') typed = []
          else if (BACKSPACE.test(letter)) typed.pop()
          else typed.push(letter)
        }
      }
      stdin.on('data', read)
      stdin.on('end', end)
    })
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    stderr.write('\n')
  }
}
