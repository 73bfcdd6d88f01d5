import type { z } from 'zod'
import type { SourceLocation } from '../errors.ts'
import type { Host } from '../inventory/host.ts'
import { callerLocation } from './caller.ts'
import type { Task } from './task.ts'

/** What a play's function knows when it lists the tasks of one host. */
export interface PlayContext<V> {
  readonly host: Host<V>
  readonly vars: V
}

export interface PlayOptions<G extends string> {
  /** The hosts of these groups, in inventory order. */
  readonly hosts: G | readonly G[]
  /** `true`: root; a name: that user; left out: the login user. */
  readonly become?: boolean | string
}

/** An ordered list of tasks for the hosts of some groups. A play is the barrier between hosts. */
export interface Play<G extends string = string, V = unknown> {
  readonly name: string
  readonly at: SourceLocation
  readonly options: PlayOptions<G>
  tasks(context: PlayContext<V>): readonly Task<unknown>[]
}

export const play = <const G extends string, V = unknown>(
  name: string,
  options: PlayOptions<G>,
  tasks: readonly Task<unknown>[] | ((context: PlayContext<V>) => readonly Task<unknown>[]),
): Play<G, V> =>
  Object.freeze({
    name,
    at: callerLocation(play),
    options,
    tasks: typeof tasks === 'function' ? tasks : () => tasks,
  })

/** What a playbook's function knows when it lists its plays. */
export interface PlaybookContext<G extends string, V> {
  hosts(group: G): readonly Host<V>[]
  /** The one host of a group that must have exactly one; anything else is a UsageError. */
  only(group: G): Host<V>
}

export interface PlaybookDefinition<G extends string, S extends z.ZodType> {
  readonly name: string
  /** The groups of an inventory that the plays may name. A play that names another does not compile. */
  readonly groups: readonly G[]
  /** Every host's vars are checked by it before any connection. */
  readonly vars: S
  /** Name the parameter even where it is not used (`_ => [...]`): TypeScript hands the types of the vars on through it. */
  plays(context: PlaybookContext<G, z.output<S>>): readonly Play<NoInfer<G>, NoInfer<z.output<S>>>[]
}

export interface Playbook<G extends string = string, S extends z.ZodType = z.ZodType> extends PlaybookDefinition<G, S> {
  readonly at: SourceLocation
}

export const playbook = <const G extends string, S extends z.ZodType>(
  definition: PlaybookDefinition<G, S>,
): Playbook<G, S> => Object.freeze({ ...definition, at: callerLocation(playbook) })
