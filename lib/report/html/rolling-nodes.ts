import type { Event } from '../../event.ts'
import type { Numbered } from './numbered.ts'
import type { Rolling } from './report.ts'
import { visible, visibleLine } from './visible.ts'

type RollingEvent = Extract<Event, { type: 'rolling' }>
type Node = Rolling['nodes'][number]
type Step = Node['steps'][number]

interface Order {
  batches: number
  readonly nodes: Map<number, Omit<Node, 'steps'> & { readonly steps: Step[] }>
}

/** A fold over the states of the nodes of rolling plays. */
export class RollingNodes {
  readonly #orders = new Map<string, Order>()
  readonly #hosts: Numbered<string>
  readonly #texts: Numbered<string>

  constructor(hosts: Numbered<string>, texts: Numbered<string>) {
    this.#hosts = hosts
    this.#texts = texts
  }

  add({ play, host: name, batch, batches, state, reason }: RollingEvent, at: number): void {
    const order = this.#orders.get(play) ?? { batches, nodes: new Map() }
    this.#orders.set(play, order)
    order.batches = batches
    const host = this.#hosts.of(name)
    const node = order.nodes.get(host) ?? { host, batch, steps: [] }
    order.nodes.set(host, node)
    node.steps.push({ at, state, ...(reason !== undefined && { reason: this.#texts.of(visible(reason)) }) })
  }

  list(): Rolling[] {
    return [...this.#orders].map(([play, { batches, nodes }]) => ({
      play: visibleLine(play),
      batches,
      nodes: [...nodes.values()].sort((a, b) => a.batch - b.batch),
    }))
  }
}
