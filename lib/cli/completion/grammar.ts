import type { Option } from '../flags.ts'
import { optionList } from '../options.ts'
import { verbs } from '../verbs.ts'

/** What may stand behind one first word. */
export interface Grammar {
  /** A verb; `run` where the first word is a playbook. */
  readonly name: string
  readonly options: readonly Option[]
  /** Words that are no option: these, what lies somewhere, or what no shell can know. */
  readonly words: readonly string[] | 'playbooks' | 'files' | 'anything'
}

/** Everything that a shell can complete, from the schemas that also read the command line. */
export const grammars: readonly Grammar[] = [
  { name: 'run', options: optionList, words: 'playbooks' },
  ...verbs.map(({ name, options, words }) => ({ name, options, words: words ?? ('anything' as const) })),
]

/** In how many words an option is described beside its name: what stands before the first stop. */
export const brief = ({ about }: Option): string => about.split(/[;.] /)[0] ?? ''

/** `--limit`, `-l`; `--diff` and `--no-diff`. */
export const spellings = ({ name, short, negatable }: Option): readonly string[] => [
  ...(short ? [`-${short}`] : []),
  `--${name}`,
  ...(negatable ? [`--no-${name}`] : []),
]

/** Where the value comes from. */
export const source = ({ choices, completes, repeatable }: Option) => {
  if (choices.length > 0) return repeatable ? ({ list: choices } as const) : ({ one: choices } as const)
  return typeof completes === 'string' ? completes : 'anything'
}

export const verbNames: readonly string[] = verbs.map(({ name }) => name)
