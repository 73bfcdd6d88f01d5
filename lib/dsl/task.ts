import { inspect } from 'node:util'
import type { z } from 'zod'
import type { Change } from '../changes/change.ts'
import type { Output } from '../command.ts'
import type { SourceLocation } from '../errors.ts'
import { callerLocation } from './caller.ts'
import type { Facts } from './facts.ts'
import { mistaken } from './mistakes.ts'
import type { Ref } from './ref.ts'
import { checkedOptions, type TaskOptions, taskOptions } from './task-options.ts'

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
  /** What it comes to follows facts that move by themselves: in a saved plan it is planned when it is reached. */
  readonly moving: boolean
  /** Name and params. Two handlers that are the same run once. */
  readonly identity: string
  /** Pure: facts in, changes out. */
  plan(facts: Facts): Promise<readonly Change[]>
  /** What an action hands on, read from its output. */
  result(output: Output): Out
  /** Where a later task finds the value. */
  readonly value: Ref<Out>
}

/** A task without params has the options all the same: its schema's type forbids every key. */
type Input<S extends z.ZodType> = (string extends keyof z.input<S> ? unknown : z.input<S>) & TaskOptions

/** One desired state. `plan` compares it with facts and says what would make it true; no changes: it is. */
export interface TaskDefinition<S extends z.ZodType> {
  readonly name: string
  readonly params: S
  title(params: z.output<S>): string
  /** See Task.opaque. Left out: false. */
  readonly opaque?: boolean
  /** See Task.moving. Left out: false. */
  readonly moving?: boolean
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

/** Functions in it by their text and bytes by what they are: two that differ in nothing else are told apart by it. */
const unshownIn = (value: unknown): readonly string[] => {
  if (typeof value === 'function') return [String(value)]
  if (value instanceof Uint8Array)
    return [Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64')]
  if (Array.isArray(value)) return value.flatMap(unshownIn)
  if (typeof value !== 'object' || value === null || Object.getPrototypeOf(value) !== Object.prototype) return []
  return Object.values(value).flatMap(unshownIn)
}

/** Nothing is cut. */
const WHOLE = { depth: Infinity, sorted: true, maxStringLength: null, maxArrayLength: null } as const

const identityOf = (name: string, params: unknown): string =>
  [`${name} ${inspect(params, WHOLE)}`, ...unshownIn(params)].join('\n')

/** In the place of one whose params are wrong, so that its playbook can be looked through to the end. Never planned. */
const impossible = {
  action: false,
  opaque: false,
  moving: false,
  plan: async () => {
    throw new Error('a task with wrong params was planned')
  },
}

type Maker<S extends z.ZodType, Out> = (input: Input<S>) => Task<Out>

/** What tasks and actions have in common. `own` gives the rest, from the checked params. */
const maker = <S extends z.ZodType, Out>(
  { name, params: schema, title }: Pick<TaskDefinition<S>, 'name' | 'params' | 'title'>,
  own: (params: z.output<S>) => Pick<Task<Out>, 'action' | 'opaque' | 'moving' | 'plan' | 'result'>,
): Maker<S, Out> => {
  const make: Maker<S, Out> = input => {
    const at = callerLocation(make)
    const { options: given, rest } = taskOptions(input)
    const { mistakes, sound: options } = checkedOptions(given)
    const { success, data: params, error } = schema.safeParse(rest)
    const wrong = (error?.issues ?? []).map(i => `${i.path.length ? `${i.path.join('.')}: ` : ''}${i.message}`)
    mistaken([...wrong, ...mistakes].map(message => ({ message: `${name}: ${message}`, at })))
    const shown = options.title ?? (success ? title(params) : name)
    return Object.freeze({
      name,
      title: shown,
      at,
      options,
      get identity() {
        return identityOf(name, params)
      },
      // Part of the identity of whoever asks for it, which must not follow from how many tasks were made before.
      value: { refOf: `${name} ${++count}`, title: shown, [inspect.custom]: () => `<${identityOf(name, params)}>` },
      ...(success ? own(params) : { ...impossible, result: () => undefined as Out }),
    })
  }
  return make
}

/** Makes a task of a playbook's language: `export const file = defineTask({...})`, then `file({ path, content })`. */
export const defineTask = <S extends z.ZodType>(definition: TaskDefinition<S>): Maker<S, void> =>
  maker(definition, params => ({
    action: false,
    opaque: definition.opaque ?? false,
    moving: definition.moving ?? false,
    plan: async facts => definition.plan(params, facts),
    result: () => undefined,
  }))

/** Makes an action. Its `value` is what later tasks ask for by type. */
export const defineAction = <S extends z.ZodType, Out = void>(definition: ActionDefinition<S, Out>): Maker<S, Out> =>
  maker(definition, params => ({
    action: true,
    opaque: true,
    moving: false,
    plan: async facts => [await definition.run(params, facts)],
    result: definition.result ?? (() => undefined as Out),
  }))
