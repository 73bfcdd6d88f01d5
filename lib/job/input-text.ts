import type { Command } from '../command.ts'
import { quoteBytes } from '../connection/quote.ts'
import { Secret } from '../secret.ts'

/** Stands at the end, and never within: a backslash there is followed by a digit. */
const last = String.raw`\.`

/**
 * A command's input as a text that a shell variable can hold, and `printf %b` gives back; a cut one can be told by its end.
 * Undefined: it is streamed.
 */
export const inputText = (stdin: Command['stdin']): string | undefined => {
  if (stdin === undefined) return last
  const content = stdin instanceof Secret ? stdin.reveal() : stdin
  if (typeof content === 'string') return inputText(Buffer.from(content))
  return content instanceof Uint8Array ? quoteBytes(content).slice(1, -1) + last : undefined
}
