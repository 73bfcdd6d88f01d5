import type { z } from 'zod'
import type { Problem } from '../errors.ts'
import { locksOptions, locksSchema } from './locks-options.ts'
import { checkFlags, type Given, readFlags } from './read-flags.ts'

export interface LocksArgs extends z.output<typeof locksSchema> {
  readonly verb: 'list' | 'break'
  readonly pattern: string
  /** With `break` always there. */
  readonly run: string
}

const LIST = 'tsx run locks list -i NAME [PATTERN]'
const BREAK = 'tsx run locks break -i NAME --run RUN [PATTERN]'

const isVerb = (text: string | undefined): text is LocksArgs['verb'] => text === 'list' || text === 'break'

const problemsOf = ({ raw }: Given, verb: string | undefined, patterns: readonly string[]): readonly Problem[] => {
  const problems: Problem[] = []
  const usage = verb === 'break' ? BREAK : LIST
  if (!isVerb(verb)) return [{ message: 'list or break?', hint: `${LIST}\n  ${BREAK}` }]
  if (!raw.inventory)
    problems.push({
      message: 'which inventory? -i is missing',
      hint: 'Add -i NAME for inventories/NAME.yml, or -i PATH.',
    })
  if (patterns.length > 1)
    problems.push({
      message: `one PATTERN; got ${patterns.join(' ')}`,
      hint: `Join them with commas: ${patterns.join(',')}`,
    })
  if (verb === 'break' && raw.run === undefined)
    problems.push({
      message: 'whose leases? --run is missing',
      hint: `${usage}. \`locks list\` shows the runs; the one that is broken must be named.`,
    })
  if (verb === 'list' && raw.run !== undefined) problems.push({ message: '--run belongs to break', hint: usage })
  return problems
}

/** The arguments behind the word `locks`; undefined: --help is asked for. Throws UsageError with everything that is wrong. */
export const parseLocks = (argv: readonly string[]): LocksArgs | undefined => {
  const given = readFlags(argv, locksOptions)
  if (given.raw.help && given.problems.length === 0) return undefined
  const [verb, ...patterns] = [...given.words.map(({ text }) => text), ...(given.rest ?? [])]
  const problems = given.problems.length > 0 ? given.problems : problemsOf(given, verb, patterns)
  const options = checkFlags(locksSchema, given.raw, locksOptions, problems)
  return {
    ...options,
    verb: isVerb(verb) ? verb : 'list',
    pattern: patterns[0] ?? 'all',
    run: options.run ?? '',
  }
}
