import { z } from 'zod'
import { type Command, type CommandOutcome, outcomeOf, type Script, sh } from '../command.ts'
import { BatonError } from '../errors.ts'
import { maskSecrets, Secret, showSafely } from '../secret.ts'
import { showArgv, showCommand } from '../show-command.ts'
import type { Change } from './change.ts'

/** What to run: a program with its arguments, or a script by the `sh` tag with its own. */
export type Program =
  | { readonly argv: readonly [string, ...string[]]; readonly script?: never; readonly args?: never }
  | { readonly script: Script; readonly args?: readonly string[]; readonly argv?: never }

/** A playbook's own word on how a command ended: true or false, without a promise. */
export type Condition = (outcome: CommandOutcome) => boolean

/** How the end of a command is to be taken, where its code alone does not say it. */
export interface Conditions {
  /** Decides alone whether it failed: a code other than 0 is then no failure by itself. Left out: any other code is. */
  readonly failedWhen?: Condition
  /** False: it found nothing to do, so that the task is *ok* and notifies nobody. Left out: it changed something. */
  readonly changedWhen?: Condition
}

const condition = z
  .custom<Condition>(value => typeof value === 'function', 'must be a function of { code, stdout, stderr }')
  .optional()

const word = z.string().refine(text => !text.includes('\0'), 'must hold no NUL')

/** The params of `Program` and of what surrounds it, to be spread into a strict object. */
export const programShape = {
  argv: z.array(word).min(1).optional().describe('The program and its arguments; no shell reads them'),
  script: z
    .custom<Script>(value => typeof value === 'string', 'must be a script made by the sh tag')
    .optional()
    .describe('POSIX sh, by the sh tag'),
  args: z.array(word).optional().describe('"$1" and so on of the script'),
  stdin: z
    .union([z.string(), z.instanceof(Secret)])
    .optional()
    .describe('Left out: nothing'),
  directory: word.optional().describe('Where it runs. Left out: /, which every user may enter'),
  timeoutSeconds: z.number().int().min(1).max(604_800).default(3600),
  failedWhen: condition.describe('Says alone whether it failed'),
  changedWhen: condition.describe('Says whether it changed something'),
}

export interface ProgramParams {
  readonly argv?: readonly string[] | undefined
  readonly script?: Script | undefined
  readonly args?: readonly string[] | undefined
  readonly stdin?: string | Secret | undefined
  readonly directory?: string | undefined
  readonly timeoutSeconds: number
}

export const oneProgram = (p: Pick<ProgramParams, 'argv' | 'script' | 'args'>): boolean =>
  (p.argv === undefined) !== (p.script === undefined) && (p.argv === undefined || p.args === undefined)

export const oneProgramMessage = 'give argv, or script and its args'

/** One line for people: `pg_createcluster 17 main`. */
export const showProgram = ({ argv, script = '' as Script }: Pick<ProgramParams, 'argv' | 'script'>): string => {
  // Masked as it was given: neither a cut nor other blanks may hide a secret from the mask.
  const line = maskSecrets(argv ? argv.join(' ') : script)
  return showSafely(line.replace(/\s+/g, ' ').trim(), 80)
}

const shownAs = ({
  argv,
  script = '' as Script,
  args = [],
}: Pick<ProgramParams, 'argv' | 'script' | 'args'>): string => (argv ? showArgv(argv) : showCommand({ script, args }))

/**
 * The command of a program, in a subshell, so that `after` (a script that has the arguments of its own) runs behind it.
 * Not `( ... ) || exit`: that would switch off a `set -e` in the script.
 */
export const programCommand = (
  p: ProgramParams,
  after: { readonly script: Script; readonly args: readonly string[] } = { script: sh`:`, args: [] },
): Command => ({
  script: sh`
    (
      cd -- "$1" || exit 1
      shift "$2"
      ${p.script ?? sh`exec "$@"`}
    )
    code=$?
    [ $code -eq 0 ] || exit $code
    shift 2
    ${after.script}`,
  args: [p.directory ?? '/', String(after.args.length + 2), ...after.args, ...(p.argv ?? p.args ?? [])],
  ...(p.stdin !== undefined && { stdin: p.stdin }),
  shown: shownAs(p),
  timeoutMs: p.timeoutSeconds * 1000,
})

/** Whatever else comes back, a promise first of all, is neither yes nor no. */
const answerOf = (name: keyof Conditions, ask: Condition, outcome: CommandOutcome): boolean => {
  const answer: unknown = ask(outcome)
  if (typeof answer === 'boolean') return answer
  throw new BatonError(`${name} gave ${answer instanceof Promise ? 'a promise' : showSafely(answer, 60)}`, {
    hint: 'It must return true or false.',
  })
}

/** Change.judge of these conditions; nothing where there are none. */
export const judgedBy = ({
  failedWhen,
  changedWhen,
}: { readonly [K in keyof Conditions]: Conditions[K] | undefined }): Pick<Change, 'judge'> =>
  failedWhen || changedWhen
    ? {
        judge: output => {
          const outcome = outcomeOf(output)
          if (failedWhen ? answerOf('failedWhen', failedWhen, outcome) : output.code !== 0)
            return failedWhen && { failed: 'The failedWhen of the playbook says that it failed.' }
          return changedWhen && !answerOf('changedWhen', changedWhen, outcome) ? 'unchanged' : 'changed'
        },
      }
    : {}
