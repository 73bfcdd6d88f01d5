import type { Problem } from '../errors.ts'
import { contradictions } from './contradictions.ts'
import { type Options, optionList, optionsSchema } from './options.ts'
import { checkFlags, readFlags, type Word } from './read-flags.ts'
import { verbs } from './verbs.ts'

const USAGE = 'tsx run PLAYBOOK -i NAME [options]; --help says more.'

const isScript = (text: string): boolean => /\.[cm]?[jt]s$/.test(text)

/** `--resume 4f1c9a2e`: the run would be taken for a playbook. */
const strayRuns = (words: readonly Word[]): readonly Problem[] =>
  words
    .filter(({ text, behind }) => behind !== undefined && !isScript(text))
    .map(({ text, behind }) => ({
      message: `--${behind} takes its value behind an equals sign: --${behind}=${text}`,
      hint: `--${behind} alone is the last run of this playbook and inventory that did not end.`,
    }))

const namedWrong = (words: readonly string[]): Problem | undefined => {
  const [playbook, ...more] = words
  const verb = verbs.find(({ name }) => words.includes(name))
  if (verb) return { message: `${verb.name} must be the first word: ${verb.usage}` }
  if (more.length) return { message: `one PLAYBOOK at a time; got ${words.join(' ')}`, hint: USAGE }
  if (!playbook) return { message: 'which playbook? There is none among the arguments', hint: USAGE }
  return undefined
}

/** The options of an argv without node and script. Throws UsageError with everything that is wrong. */
export const parseOptions = (argv: readonly string[]): Options => {
  const { raw, words, rest = [], problems: wrong } = readFlags(argv, optionList)
  const problems = [...wrong, ...strayRuns(words)]
  const named = [...words.map(({ text }) => text), ...rest]
  const input = { ...raw, playbook: named[0] ?? '' }
  if (!problems.length && (raw.help || raw.version)) return checkFlags(optionsSchema, input, optionList, [])
  // What stands behind an unknown option may be its value, so it is not called a second playbook.
  if (!problems.length) {
    const misnamed = namedWrong(named)
    if (misnamed) problems.push(misnamed)
    else if (!raw.inventory)
      problems.push({
        message: 'which inventory? -i is missing',
        hint: 'Add -i NAME for inventories/NAME.yml, or -i PATH.',
      })
  }
  const given = new Set(optionList.filter(({ key }) => raw[key] !== undefined).map(({ name }) => name))
  problems.push(...contradictions(given))
  return checkFlags(optionsSchema, input, optionList, problems)
}
