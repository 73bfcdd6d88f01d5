import type { z } from 'zod'
import type { SourceLocation } from '../errors.ts'
import type { Host } from '../inventory/host.ts'
import { type BatchSize, wrongSize } from './batch-size.ts'
import { callerLocation } from './caller.ts'
import type { Item } from './item.ts'
import { type ItemList, itemsIn } from './item-list.ts'
import { mistaken } from './mistakes.ts'
import { anything, checkShapes, names, tagList, userName } from './option-shapes.ts'

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
  /**
   * So many of the hosts at a time, or such a part of them (`'25%'`), batch after batch, the last size for all that are left;
   * a batch with a failure is the last. Left out: all. Where a node must be drained and proven healthy, see `rolling`.
   */
  readonly serial?: BatchSize | readonly BatchSize[]
  /** Every task of the play has them too. */
  readonly tags?: readonly string[]
}

const shapes = { hosts: names, become: userName, serial: anything, tags: tagList }

const wrongSizes = ({ serial }: PlayOptions<string>): readonly string[] => {
  const sizes = [serial ?? []].flat()
  const wrong = new Set(sizes.flatMap(size => wrongSize(size) ?? []))
  return [
    ...(serial !== undefined && sizes.length === 0 ? ['serial: needs at least one size'] : []),
    ...[...wrong].map(text => `serial: ${text}`),
  ]
}

/** An ordered list of tasks, blocks and flushes for the hosts of some groups. A play is the barrier between hosts. */
export interface Play<G extends string = string, V = unknown> {
  readonly name: string
  readonly at: SourceLocation
  readonly options: PlayOptions<G>
  items(context: PlayContext<V>): readonly Item[]
}

export const play = <const G extends string, V = unknown>(
  name: string,
  options: PlayOptions<G>,
  items: ItemList | ((context: PlayContext<V>) => ItemList),
): Play<G, V> => {
  const at = callerLocation(play)
  const say = (mistakes: readonly string[], before = '') =>
    mistaken(mistakes.map(text => ({ message: `${before}${text}`, at })))
  const { mistakes, sound } = checkShapes(options, shapes)
  const checked = sound as unknown as PlayOptions<G>
  const unnamed = mistakes.length === 0 && checked.hosts === undefined ? ['hosts: must be given'] : []
  say([...mistakes, ...unnamed], `play "${name}": `)
  say(wrongSizes(checked))
  const listed = (list: unknown): readonly Item[] => {
    const found = itemsIn(list)
    say(found.mistakes, `play "${name}": `)
    return found.items
  }
  if (typeof items === 'function')
    return Object.freeze({ name, at, options: checked, items: (context: PlayContext<V>) => listed(items(context)) })
  const fixed = listed(items)
  return Object.freeze({ name, at, options: checked, items: () => fixed })
}

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
