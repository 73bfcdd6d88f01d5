import type { Problem } from '../errors.ts'

const LISTS = ['list-hosts', 'list-tasks'] as const

/** Pairs that make no sense together, and why: what one of them says would be ignored. */
const excluding: readonly (readonly [string, readonly string[], string])[] = [
  ['apply', ['check', 'plan'], 'a saved plan is the check'],
  ['apply', ['limit', 'extra-vars', 'tags', 'skip-tags', 'start-at'], 'the plan has it already'],
  ['apply', ['resume'], 'the resumed run knows its plan'],
  ['resume', ['check', 'plan'], 'a check leaves nothing to go on with'],
  ['resume', ['start-at'], 'the run begins where it was told to'],
  ['list-hosts', ['list-tasks', 'plan', 'apply', 'resume'], 'a list runs nothing'],
  ['list-tasks', ['plan', 'apply', 'resume'], 'a list runs nothing'],
]

/** What contradicts itself among the options that were given, by name. */
export const contradictions = (given: ReadonlySet<string>): readonly Problem[] => {
  const found = excluding.flatMap(([name, others, why]) =>
    given.has(name)
      ? others
          .filter(other => given.has(other))
          .map(other => ({ message: `--${name} and --${other} exclude each other: ${why}` }))
      : [],
  )
  const listed = LISTS.some(name => given.has(name))
  if (!given.has('plan') || given.has('check') || given.has('apply') || given.has('resume') || listed) return found
  return [...found, { message: '--plan needs --check: what is saved is what a check predicts' }]
}
