import { inspect } from 'node:util'
import type { z } from 'zod'
import type { Change } from '../changes/change.ts'
import type { Output } from '../command.ts'
import { type SourceLocation, UsageError } from '../errors.ts'
import { callerLocation } from './caller.ts'
import type { Facts } from './facts.ts'
import type { Ref } from './ref.ts'

/** What a playbook may say of any task, beside the task's own params. */
export interface TaskOptions {
  /** Shown instead of the title that the task makes from its params. */
  readonly title?: string
  /** Handlers that run once, at the end of the play, if this task changed something. */
  readonly notify?: Task<unknown> | readonly Task<unknown>[]
  readonly tags?: readonly string[]
  /** `true`: root. Left out: what the play says. */
  readonly become?: boolean | string
  /** Left out or true: the task is part of the play. False: it is shown as skipped. */
  readonly when?: boolean
  /** Its failure is reported and stops nothing. A lost connection and a guard's no still do. */
  readonly ignoreFailure?: boolean
  /** After a failure the host is looked at again, and the task planned again. */
  readonly retries?: Retries
  /** Seconds that each of its commands may take, whatever the task itself allows. */
  readonly deadlineSeconds?: number
  /** On the first host only, while the others wait for it: of the whole play (`run`), or of each batch. */
  readonly runOnce?: 'run' | 'batch'
  /** The task looks at this host and changes it, instead of the play's own: a name, or a group that has one host. */
  readonly delegateTo?: string
}

/** See TaskOptions.retries. */
export interface Retries {
  /** All tries together, the first included. */
  readonly attempts: number
  readonly delaySeconds: number
  /** What its last command printed is not enough yet: that counts as a failure. */
  readonly until?: (output: { readonly stdout: string; readonly stderr: string }) => boolean
}

/** A desired state, or an action, with its params: frozen data, made by a playbook. */
export interface Task<Out = void> {
  /** `file`, `service` ... */
  readonly name: string
  readonly title: string
  /** The line of the playbook. For display only. */
  readonly at: SourceLocation
  readonly options: TaskOptions
  /** An action has no state to compare: it is always *changed*, and in check mode *would run*. */
  readonly action: boolean
  /** Its effects are not known from what it asks about: while its plan is unknown, so is everything behind it. */
  readonly opaque: boolean
  /** Name and params. Two handlers that are the same run once. */
  readonly identity: string
  /** Pure: facts in, changes out. */
  plan(facts: Facts): Promise<readonly Change[]>
  /** What an action hands on, read from its output. */
  result(output: Output): Out
  /** Where a later task finds the value. */
  readonly value: Ref<Out>
}

const optionKeys = [
  'title',
  'notify',
  'tags',
  'become',
  'when',
  'ignoreFailure',
  'retries',
  'deadlineSeconds',
  'runOnce',
  'delegateTo',
] as const satisfies readonly (keyof TaskOptions)[]

/** Numbers that a type lets through. */
const mistakes = ({ retries, deadlineSeconds }: TaskOptions): readonly string[] => [
  ...(retries && !(Number.isInteger(retries.attempts) && retries.attempts >= 1)
    ? ['retries.attempts: must be a whole number of at least 1']
    : []),
  ...(retries && !(retries.delaySeconds >= 0 && retries.delaySeconds <= 86_400)
    ? ['retries.delaySeconds: must be a number from 0 to 86400']
    : []),
  ...(deadlineSeconds !== undefined && !(deadlineSeconds > 0 && deadlineSeconds <= 604_800)
    ? ['deadlineSeconds: must be more than 0 and at most 604800']
    : []),
]

type Input<S extends z.ZodType> = z.input<S> & TaskOptions

/** One desired state. `plan` compares it with facts and says what would make it true; no changes: it is. */
export interface TaskDefinition<S extends z.ZodType> {
  readonly name: string
  readonly params: S
  title(params: z.output<S>): string
  /** See Task.opaque. Left out: false. */
  readonly opaque?: boolean
  plan(params: z.output<S>, facts: Facts): Promise<readonly Change[]> | readonly Change[]
}

/** A verb that has no state to compare. `run` says what it would run; it may hand on a typed value. */
export interface ActionDefinition<S extends z.ZodType, Out> {
  readonly name: string
  readonly params: S
  title(params: z.output<S>): string
  run(params: z.output<S>, facts: Facts): Promise<Change> | Change
  result?(output: Output): Out
}

let count = 0

const checked = <S extends z.ZodType>(name: string, schema: S, input: object, at: SourceLocation) => {
  const given: Record<string, unknown> = { ...input }
  const options: Record<string, unknown> = {}
  for (const key of optionKeys) {
    if (given[key] !== undefined) options[key] = given[key]
    delete given[key]
  }
  const parsed = schema.safeParse(given)
  const wrong = [
    ...(parsed.success
      ? []
      : parsed.error.issues.map(i => `${i.path.length ? `${i.path.join('.')}: ` : ''}${i.message}`)),
    ...mistakes(options as TaskOptions),
  ]
  if (!parsed.success || wrong.length > 0)
    throw new UsageError(wrong.map(message => ({ message: `${name}: ${message}`, at })))
  return { params: parsed.data as z.output<S>, options: options as TaskOptions }
}

type Maker<S extends z.ZodType, Out> = (input: Input<S>) => Task<Out>

/** What tasks and actions have in common. `own` gives the rest, from the checked params. */
const maker = <S extends z.ZodType, Out>(
  { name, params: schema, title }: Pick<TaskDefinition<S>, 'name' | 'params' | 'title'>,
  own: (params: z.output<S>) => Pick<Task<Out>, 'action' | 'opaque' | 'plan' | 'result'>,
): Maker<S, Out> => {
  const make: Maker<S, Out> = input => {
    const at = callerLocation(make)
    const { params, options } = checked(name, schema, input, at)
    return Object.freeze({
      name,
      title: options.title ?? title(params),
      at,
      options,
      get identity() {
        return `${name} ${inspect(params, { depth: 20, sorted: true })}`
      },
      value: { refOf: `${name} ${++count}` },
      ...own(params),
    })
  }
  return make
}

/** Makes a task of a playbook's language: `export const file = defineTask({...})`, then `file({ path, content })`. */
export const defineTask = <S extends z.ZodType>(definition: TaskDefinition<S>): Maker<S, void> =>
  maker(definition, params => ({
    action: false,
    opaque: definition.opaque ?? false,
    plan: async facts => definition.plan(params, facts),
    result: () => undefined,
  }))

/** Makes an action. Its `value` is what later tasks ask for by type. */
export const defineAction = <S extends z.ZodType, Out = void>(definition: ActionDefinition<S, Out>): Maker<S, Out> =>
  maker(definition, params => ({
    action: true,
    opaque: true,
    plan: async facts => [await definition.run(params, facts)],
    result: definition.result ?? (() => undefined as Out),
  }))
