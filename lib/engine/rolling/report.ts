import type { RunContext } from '../context.ts'
import type { BuiltNode } from './built.ts'
import { forecast } from './forecast.ts'
import type { Roll, RollNode } from './roll.ts'

/** Says what the machine has decided: one event for each state that a node comes to. */
export class RollReport {
  readonly #play: string
  readonly #context: RunContext
  readonly #nodes: ReadonlyMap<string, BuiltNode>
  readonly #soaks: boolean

  constructor(
    play: string,
    context: RunContext,
    { nodes, soaks }: { readonly nodes: ReadonlyMap<string, BuiltNode>; readonly soaks: boolean },
  ) {
    this.#play = play
    this.#context = context
    this.#nodes = nodes
    this.#soaks = soaks
  }

  /** What an earlier run did, and this one does not do again. */
  begin(roll: Roll): void {
    for (const node of roll.nodes) {
      if (node.state !== 'waiting') this.#say(roll, { ...node, reason: 'by the run that is resumed' })
      else if (node.held && !node.bystander)
        this.#notice(node, 'was left out by the run that is resumed: it comes first, and counts as out')
    }
  }

  moved(before: Roll, after: Roll): void {
    for (const [i, node] of after.nodes.entries()) {
      const was = before.nodes[i]!
      if (node.state !== was.state && this.#tells(node)) this.#say(after, node)
      else if (node.out && !was.out && node.reason && (node.state === 'waiting' || node.state === 'unchanged'))
        this.#notice(node, `counts as out: ${node.reason}`)
    }
  }

  /** A phase in which nothing happens is not worth a word; in check mode nobody waits. */
  #tells({ host, state, doomed }: RollNode): boolean {
    const node = this.#nodes.get(host)!
    if (state === 'draining') return doomed || node.before.length > 0
    if (state === 'returning') return node.after.length > 0
    if (state === 'gating') return this.#context.mode === 'apply'
    if (state === 'soaking') return this.#soaks && this.#context.mode === 'apply'
    return true
  }

  #say(roll: Roll, { host, state, batch, reason }: RollNode): void {
    this.#context.send({
      type: 'rolling',
      play: this.#play,
      host,
      batch: Math.max(1, batch),
      batches: forecast(roll),
      state,
      ...(reason !== undefined && { reason }),
    })
  }

  #notice({ host }: RollNode, text: string): void {
    this.#context.send({ type: 'notice', host, text })
  }
}
