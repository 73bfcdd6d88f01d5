import { BatonError, UsageError } from '../errors.ts'
import { Secret } from '../secret.ts'
import type { Terminal } from './terminal.ts'

/** Left by Ctrl-C or Ctrl-D at a question. */
export class Cancelled extends BatonError {}

const ENTER = /[\r\n]/
const BACKSPACE = /[\u007f\b]/

/**
 * Asks on the terminal and shows nothing of what is typed. The question goes to stderr, so that stdout stays clean.
 * Throws UsageError where there is no terminal to ask on: nothing ever waits for an answer that cannot come.
 */
export const askHidden = async (
  what: string,
  { stdin, stderr }: Pick<Terminal, 'stdin' | 'stderr'>,
  instead: string,
): Promise<Secret> => {
  if (!stdin.isTTY || !stderr.isTTY || !stdin.setRawMode)
    throw new UsageError([{ message: `cannot ask for ${what}: there is no terminal`, hint: instead }])
  stderr.write(`${what}: `)
  stdin.setRawMode(true)
  stdin.resume()
  let typed: string[] = []
  let read = (_: Buffer | string): void => {}
  let end = (): void => {}
  try {
    return await new Promise<Secret>((resolve, reject) => {
      end = () => reject(new Cancelled('nobody answered the question'))
      read = chunk => {
        for (const letter of String(chunk)) {
          if (ENTER.test(letter)) return resolve(new Secret(typed.join('')))
          if (letter === '\u0003' || letter === '\u0004') return end()
          if (letter === '\u0015') typed = []
          else if (BACKSPACE.test(letter)) typed.pop()
          else typed.push(letter)
        }
      }
      stdin.on('data', read)
      stdin.on('end', end)
    })
  } finally {
    stdin.off('data', read)
    stdin.off('end', end)
    stdin.setRawMode(false)
    stdin.pause()
    stderr.write('\n')
  }
}
