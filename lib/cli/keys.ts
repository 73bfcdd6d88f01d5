import { Keys } from '../secret/sources/keys.ts'
import { askHidden } from './ask-hidden.ts'
import type { Terminal } from './terminal.ts'

/** What opens encrypted vars. Without a terminal nobody is asked: what only a person knows is an error there. */
export const keysOf = (terminal: Terminal): Keys => {
  const { env, stdin, stderr } = terminal
  const ask = (what: string) => askHidden(what, terminal, 'Use !env, or a key in a file.')
  return new Keys({ env, cwd: terminal.cwd(), ...(stdin.isTTY && stderr.isTTY && { ask }) })
}
