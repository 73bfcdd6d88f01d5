import type { SourceLocation } from '../errors.ts'
import type { Host } from '../inventory/host.ts'
import type { BatchSize } from './batch-size.ts'
import { callerLocation } from './caller.ts'
import type { Check } from './gate.ts'
import type { Item } from './item.ts'
import { mistaken } from './mistakes.ts'
import type { Play, PlayContext, PlayOptions } from './playbook.ts'
import { mistakesOf } from './rolling-mistakes.ts'
import { inOrder, type Order } from './rolling-order.ts'

/** When a node counts as healthy. Times are in seconds. */
export interface Gate<V> {
  /**
   * All of them must hold; asked anew in every round. They are about health, not about what the play will make of the node:
   * every node is asked before anybody is taken out, and one of which they do not hold counts as out. At least one.
   */
  checks(context: PlayContext<V>): readonly Check[]
  /** So long without a break. One no, and the time starts again. 0: one yes is enough. */
  readonly holdsSeconds: number
  /** A node that has not held by then has failed, however often it looked well for a while. */
  readonly withinSeconds: number
  /** From the end of one round to the next. Left out: 1. */
  readonly everySeconds?: number
}

type Items<V> = readonly Item[] | ((context: PlayContext<V>) => readonly Item[])

/** How the nodes of a group are worked on one after the other while the rest of them goes on serving. */
export interface RollingDefinition<G extends string, V> extends Pick<PlayOptions<G>, 'hosts' | 'become' | 'tags'> {
  /** A comparison, or all hosts of the play in a list. Left out: as in the inventory. */
  readonly order?: Order<V>
  /**
   * Nodes at a time; of a list one size a batch, the last for all that are left: `[1, 2, '50%']` is a canary and growing
   * batches. Percentages are of all hosts of the play's groups, rounded down, never to 0. Left out: 1.
   */
  readonly batch?: BatchSize | readonly BatchSize[]
  /** Takes the node out of rotation. Also run, best effort, to take out a node that fails after it was put back. */
  readonly before?: Items<V>
  readonly gate: Gate<V>
  /** Puts the node back into rotation once its gate held. */
  readonly after?: Items<V>
  /**
   * Never are more nodes out than this, with those that were not healthy, or not reachable, before anybody touched them.
   * A batch is smaller where it would be exceeded. Left out: the largest batch.
   */
  readonly maxUnavailable?: BatchSize
  /** So long the gate's checks must hold on after the node is back in rotation, before the next batch begins. Left out: 0. */
  readonly soakSeconds?: number
  /** With so many failed or unreachable nodes in the run nothing new begins. Left out: 1, the first failure stops. */
  readonly budget?: number
}

/** What `rolling` has made of its definition: checked, with every default filled in. */
export interface RollingOptions<V = unknown> {
  readonly batch: readonly BatchSize[]
  /** Undefined: the largest batch. */
  readonly maxUnavailable: BatchSize | undefined
  readonly soakSeconds: number
  readonly budget: number
  readonly gate: Gate<V> & { readonly everySeconds: number }
  /** The names of all hosts of the play's groups, in the order in which they are worked on. Throws UsageError. */
  order(hosts: readonly Host<V>[]): readonly string[]
  before(context: PlayContext<V>): readonly Item[]
  after(context: PlayContext<V>): readonly Item[]
}

/** A play that rolls. */
export interface RollingPlay<G extends string = string, V = unknown> extends Play<G, V> {
  readonly rolling: RollingOptions<V>
}

export const isRolling = (play: Play): play is RollingPlay => 'rolling' in play

const listed = <V>(items: Items<V> | undefined): ((context: PlayContext<V>) => readonly Item[]) =>
  typeof items === 'function' ? items : () => items ?? []

const complete = <G extends string, V>(definition: RollingDefinition<G, V>, at: SourceLocation): RollingOptions<V> => {
  const { batch = 1, before, gate, after, maxUnavailable, soakSeconds = 0, budget = 1, order } = definition
  const sizes = Array.isArray(batch) ? (batch as readonly BatchSize[]) : [batch as BatchSize]
  const options: RollingOptions<V> = {
    batch: sizes,
    maxUnavailable,
    soakSeconds,
    budget,
    gate: { everySeconds: 1, ...gate },
    order: hosts => inOrder(hosts, order, at).map(h => h.name),
    before: listed(before),
    after: listed(after),
  }
  mistaken(mistakesOf(options).map(message => ({ message: `rolling: ${message}`, at })))
  return options
}

/**
 * A play that works on its hosts in an order, batch after batch: `before` takes a node out, the items change it, the gate
 * must hold for a time, `after` puts it back, and a soak watches it before the next. A node that fails stays out and is
 * named. Throws UsageError for options that can never be right.
 */
export const rolling = <const G extends string, V = unknown>(
  name: string,
  definition: RollingDefinition<G, V>,
  items: Items<V>,
): RollingPlay<G, V> => {
  const at = callerLocation(rolling)
  const { hosts, become, tags } = definition
  return Object.freeze({
    name,
    at,
    options: { hosts, ...(become !== undefined && { become }), ...(tags && { tags }) },
    items: listed(items),
    rolling: complete(definition, at),
  })
}
