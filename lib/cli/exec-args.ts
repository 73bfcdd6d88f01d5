import type { z } from 'zod'
import { UsageError } from '../errors.ts'
import { checkFlags, readFlags } from './read-flags.ts'
import { patternProblems } from './verb-args.ts'
import { execOptions, execSchema } from './verb-options.ts'

export interface ExecArgs extends z.output<typeof execSchema> {
  readonly pattern: string
  /** What stands behind `--`, at least one word. */
  readonly command: readonly string[]
}

const USAGE = 'tsx run exec -i NAME PATTERN -- COMMAND'

/** The arguments behind the word `exec`; undefined: --help is asked for. Throws UsageError with everything that is wrong. */
export const parseExec = (argv: readonly string[]): ExecArgs | undefined => {
  const given = readFlags(argv, execOptions)
  if (given.raw.help && given.problems.length === 0) return undefined
  const problems = [...given.problems, ...(given.problems.length ? [] : patternProblems(given, USAGE))]
  const { rest: command = [] } = given
  if (command.length === 0) problems.push({ message: 'which command? It stands behind --', hint: USAGE })
  if (command.length > 1 && command[0]?.startsWith('-'))
    problems.push({ message: `${command[0]} is no program`, hint: `Options of exec stand before --. ${USAGE}` })
  const options = checkFlags(execSchema, given.raw, execOptions, problems)
  const [pattern] = given.words
  if (!pattern) throw new UsageError([{ message: 'which hosts?', hint: USAGE }])
  return { ...options, pattern: pattern.text, command }
}
