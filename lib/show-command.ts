import type { Command } from './command.ts'

const LONGEST_SCRIPT = 300

const word = (text: string): string => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`)

/** A program and its arguments as a person would type them. */
export const showArgv = (argv: readonly string[]): string => argv.map(word).join(' ')

/** The command as a person could try it: script and arguments, no stdin, without what the run put around it. */
export const showCommand = ({ script, args = [], wraps, shown }: Command): string => {
  if (shown !== undefined) return shown
  if (wraps) return showCommand(wraps)
  const short = script.length > LONGEST_SCRIPT ? `${script.slice(0, LONGEST_SCRIPT)} ...` : script
  const quoted = ["sh -c '", short.replaceAll("'", `'\\''`), "'", ...(args.length ? [' sh'] : [])].join('')
  return [quoted, ...args.map(word)].join(' ')
}
