import { createHash } from 'node:crypto'
import type { Problem } from '../errors.ts'
import type { Origin } from '../event.ts'
import { isSensitive } from '../secret/sensitive.ts'
import type { Options } from './options.ts'
import { quoted } from './quoted.ts'
import { secretVar } from './secret-var.ts'

export type Chosen = NonNullable<Origin['chosen']>
type ExtraVar = Chosen['extraVars'][number]

const nameOf = (given: string): string => given.split('=', 1)[0] ?? ''

/** Short on purpose: it tells most mistakes from the same value, and says too little to guess the value by. */
const digest = (given: string, run: string): string =>
  createHash('sha256').update(`${run} ${given}`).digest('hex').slice(0, 4)

const extraVarOf = (given: string, run: string): ExtraVar =>
  secretVar(given) === undefined ? { text: given } : { name: nameOf(given), digest: digest(given, run) }

const isSame = (kept: ExtraVar, given: string, run: string): boolean =>
  'text' in kept ? kept.text === given : kept.name === nameOf(given) && kept.digest === digest(given, run)

/** What of a work this run is to do, for its journal: which hosts, which tasks, with which vars. */
export const chosenBy = (options: Options, run: string): Chosen => ({
  ...(options.limit !== undefined && { limit: options.limit }),
  tags: options.tags,
  skipTags: options.skipTags,
  ...(options.startAt !== undefined && { startAt: options.startAt }),
  extraVars: options.extraVars.map(given => extraVarOf(given, run)),
})

const words = (value: string | readonly string[]): string => (typeof value === 'string' ? value : value.join(','))

/** A word of the command line that the run was not begun with. */
const differs = (
  option: string,
  kept: string | readonly string[] | undefined,
  given: string | readonly string[] | undefined,
): readonly string[] => {
  if (given === undefined || given.length === 0) return []
  if (kept !== undefined && words(kept) === words(given)) return []
  const then = kept === undefined || kept.length === 0 ? `without ${option}` : `with ${option} ${quoted(words(kept))}`
  return [`it was begun ${then}, and this says ${option} ${quoted(words(given))}`]
}

const shownVar = (given: string): string =>
  secretVar(given) === undefined && !isSensitive(nameOf(given)) ? quoted(given) : `${nameOf(given)}=...`

/**
 * The options of a resumed run are those that it was begun with: they are taken from its journal, and others are a problem.
 * A secret var is not in the journal, and has to be given again.
 */
export const heldTo = (
  kept: Chosen,
  options: Options,
  run: string,
): { readonly options: Options; readonly problems: readonly Problem[] } => {
  const { extraVars } = options
  const all = kept.extraVars.map(one => ('text' in one ? one.text : extraVars.find(given => isSame(one, given, run))))
  const missing = kept.extraVars.flatMap((one, i) => (all[i] === undefined && 'name' in one ? [one.name] : []))
  const others = extraVars.filter(given => !kept.extraVars.some(one => isSame(one, given, run)))
  const messages = [
    ...differs('-l', kept.limit, options.limit),
    ...differs('-t', kept.tags, options.tags),
    ...differs('--skip-tags', kept.skipTags, options.skipTags),
    ...others.map(given => `it was not begun with -e ${shownVar(given)}`),
    ...missing.map(
      name => `it was begun with another -e ${name}=..., which is secret, and not in the journal: give it again`,
    ),
  ]
  return {
    options: {
      ...options,
      limit: kept.limit,
      tags: [...kept.tags],
      skipTags: [...kept.skipTags],
      startAt: kept.startAt,
      extraVars: all.filter(one => one !== undefined),
    },
    problems: messages.map(message => ({
      message: `--resume=${run}: ${message}`,
      hint: 'A resumed run does what it was begun for; hosts, tasks and vars are taken from its journal. Others are another run.',
    })),
  }
}
