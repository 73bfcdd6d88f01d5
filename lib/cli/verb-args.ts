import type { Problem } from '../errors.ts'
import type { Given } from './read-flags.ts'

/** What is wrong with the arguments of a verb that works on the hosts of one PATTERN. */
export const patternProblems = ({ raw, words }: Given, usage: string): readonly Problem[] => {
  const problems: Problem[] = []
  const named = words.map(({ text }) => text)
  if (named.length === 0)
    problems.push({ message: 'which hosts? PATTERN is missing', hint: `${usage}; all is every host` })
  if (named.length > 1)
    problems.push({ message: `one PATTERN; got ${named.join(' ')}`, hint: `Join them with commas: ${named.join(',')}` })
  if (!raw.inventory)
    problems.push({
      message: 'which inventory? -i is missing',
      hint: 'Add -i NAME for inventories/NAME.yml, or -i PATH.',
    })
  if (raw.becomeUser !== undefined && !raw.become) problems.push({ message: '--become-user needs -b' })
  return problems
}
