import type { CommandOutcome } from '../command.ts'
import type { Facts } from './facts.ts'
import {
  anyText,
  anything,
  checkShapes,
  condition,
  flag,
  number,
  oneOf,
  predicate,
  type Shape,
  tagList,
  userName,
} from './option-shapes.ts'
import type { Task } from './task.ts'

/** What a playbook may say of any task, beside the task's own params. */
export interface TaskOptions {
  /** Shown instead of the title that the task makes from its params. */
  readonly title?: string
  /** Handlers that run once, at the end of the play, if this task changed something. */
  readonly notify?: Task<unknown> | readonly Task<unknown>[]
  readonly tags?: readonly string[]
  /** `true`: root. Left out: what the play says. */
  readonly become?: boolean | string
  /** False: the task is shown as skipped. Left out: true. */
  readonly when?: boolean | When
  /**
   * Its failure is reported and stops nothing. A lost connection and a guard's no still do. What failed may have changed
   * something, so that its handlers are notified all the same.
   */
  readonly ignoreFailure?: boolean
  /**
   * After a failure the host is looked at again, and the task planned again. A guard's no is not tried again, and neither is
   * what nobody saw the end of.
   */
  readonly retries?: Retries
  /** Seconds that each of its commands may take, whatever the task itself allows. */
  readonly deadlineSeconds?: number
  /**
   * On the first host only, while the others wait for it: of the whole play (`run`), or of each batch. What it hands on is
   * theirs too; where it failed, the others have failed. It must be the same on all hosts.
   */
  readonly runOnce?: 'run' | 'batch'
  /**
   * The task looks at this host and changes it, instead of the play's own: a name, or a group that has one host. What it
   * hands on belongs to the play's own host, and the handlers that it notifies run there.
   */
  readonly delegateTo?: string
}

/**
 * A condition on facts, or on what earlier tasks handed on, of the host that the task would change, as the tasks before it
 * leave that host. Where that cannot be known yet, a check says *unknown*. Pure, as a plan is.
 */
export type When = (facts: Facts) => boolean | Promise<boolean>

/** See TaskOptions.retries. */
export interface Retries {
  /** All tries together, the first included. */
  readonly attempts: number
  readonly delaySeconds: number
  /** False: what its last command gave is not enough yet, which counts as a failure. Asked of no command that failed. */
  readonly until?: (outcome: CommandOutcome) => boolean
}

const isTask = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'plan' in value && 'options' in value

const retries: Shape = value => {
  if (typeof value !== 'object' || value === null) return 'must be { attempts, delaySeconds, until }'
  const { mistakes } = checkShapes(value, { attempts: anything, delaySeconds: anything, until: predicate })
  return mistakes.length > 0 ? mistakes.join('; ') : undefined
}

const shapes: Readonly<Record<keyof TaskOptions, Shape>> = {
  title: anyText,
  notify: value => ([value].flat().every(isTask) ? undefined : 'must be a task, or a list of tasks'),
  tags: tagList,
  become: userName,
  when: condition,
  ignoreFailure: flag,
  retries,
  deadlineSeconds: number,
  runOnce: oneOf('run', 'batch'),
  delegateTo: anyText,
}

/** The options among what a task was given, and the rest: its own params. */
export const taskOptions = (
  input: object,
): { readonly options: TaskOptions; readonly rest: Readonly<Record<string, unknown>> } => {
  const rest: Record<string, unknown> = { ...input }
  const options: Record<string, unknown> = {}
  for (const key of Object.keys(shapes)) {
    if (rest[key] !== undefined) options[key] = rest[key]
    delete rest[key]
  }
  return { options, rest }
}

const wrongValues = ({ retries, deadlineSeconds, notify, delegateTo }: TaskOptions): readonly string[] => [
  ...(retries && !(Number.isInteger(retries.attempts) && retries.attempts >= 1)
    ? ['retries.attempts: must be a whole number of at least 1']
    : []),
  ...(retries && !(retries.delaySeconds >= 0 && retries.delaySeconds <= 86_400)
    ? ['retries.delaySeconds: must be a number from 0 to 86400']
    : []),
  ...(deadlineSeconds !== undefined && !(deadlineSeconds > 0 && deadlineSeconds <= 604_800)
    ? ['deadlineSeconds: must be more than 0 and at most 604800']
    : []),
  ...(delegateTo === '' ? ['delegateTo: must be the name of a host, or of a group that has one'] : []),
  // Each host has its own reasons to be notified: the first one may have none.
  ...[notify ?? []].flat().flatMap(h => (h.options.runOnce ? [`notify: "${h.title}" must not have runOnce`] : [])),
]

/** What can never be right, in words, and the options that are: `mistaken` may let the playbook be looked through to its end. */
export const checkedOptions = (
  options: TaskOptions,
): { readonly mistakes: readonly string[]; readonly sound: TaskOptions } => {
  const { mistakes, sound } = checkShapes(options, shapes)
  return { mistakes: [...mistakes, ...wrongValues(sound)], sound }
}
