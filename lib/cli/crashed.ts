import type { Writable } from 'node:stream'
import { BatonError } from '../errors.ts'
import { forTerminal } from '../report/terminal-text.ts'
import { maskSecrets } from '../secret.ts'

/** Says what ended Baton itself, and gives the exit code on. */
export const crashed = (error: unknown, stderr: Writable, exitCode: number): number => {
  const text =
    error instanceof BatonError
      ? `${error.message}${error.hint === undefined ? '' : `\n  ${error.hint}`}`
      : `This is a mistake in Baton: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`
  stderr.write(`${forTerminal(maskSecrets(text))}\n`)
  return exitCode
}
