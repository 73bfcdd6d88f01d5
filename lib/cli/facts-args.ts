import type { z } from 'zod'
import { UsageError } from '../errors.ts'
import { suggest } from '../inventory/near.ts'
import { factNames } from './host-facts.ts'
import { checkFlags, readFlags } from './read-flags.ts'
import { patternProblems } from './verb-args.ts'
import { factsOptions, factsSchema } from './verb-options.ts'

export interface FactsArgs extends z.output<typeof factsSchema> {
  readonly pattern: string
}

const USAGE = 'tsx run facts -i NAME PATTERN'

/** The arguments behind the word `facts`; undefined: --help is asked for. Throws UsageError with everything that is wrong. */
export const parseFacts = (argv: readonly string[]): FactsArgs | undefined => {
  const given = readFlags(argv, factsOptions)
  if (given.raw.help && given.problems.length === 0) return undefined
  const problems = [...given.problems, ...(given.problems.length ? [] : patternProblems(given, USAGE))]
  if (given.rest?.length) problems.push({ message: `nothing stands behind --; got ${given.rest.join(' ')}` })
  const options = checkFlags(factsSchema, given.raw, factsOptions, problems)
  const unknown = options.only.filter(name => !factNames.includes(name))
  if (unknown.length)
    throw new UsageError(
      unknown.map(name => ({ message: `--only ${name}: there is no such fact`, ...suggest(name, factNames) })),
    )
  const [pattern] = given.words
  if (!pattern) throw new UsageError([{ message: 'which hosts?', hint: USAGE }])
  return { ...options, pattern: pattern.text }
}
