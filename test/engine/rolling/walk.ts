import { ask, type Next, next } from '../../../lib/engine/rolling/machine.ts'
import type { Doing, Outcome, Roll, RollEvent } from '../../../lib/engine/rolling/roll.ts'

export interface Transition {
  readonly before: Roll
  readonly event: RollEvent
  readonly after: Next
}

/** What the world may answer to each thing that is under way; written down apart from the machine's own table. */
export const answers: Readonly<Record<Doing, readonly Outcome[]>> = {
  ask: ['passed', 'failed', 'unreachable'],
  look: ['passed', 'nothing', 'failed', 'unreachable'],
  drain: ['passed', 'failed', 'unreachable'],
  change: ['passed', 'failed', 'unreachable'],
  gate: ['passed', 'failed', 'unreachable'],
  return: ['passed', 'failed', 'unreachable'],
  soak: ['passed', 'failed', 'unreachable'],
}

/** Every event that can come in this state. */
export const eventsOf = (roll: Roll, { interrupts }: { readonly interrupts: boolean }): RollEvent[] => [
  ...roll.nodes.flatMap(({ host, doing }): RollEvent[] => {
    const types = doing ? [...answers[doing], ...(roll.end === 'interrupted' ? (['parked'] as const) : [])] : []
    return types.map(type => ({ type, host }))
  }),
  ...(interrupts && roll.end === undefined ? [{ type: 'interrupt' } as const] : []),
]

/** States are the same when the machine cannot tell them apart. */
const keyOf = ({ nodes, batch, open, end }: Roll): string =>
  JSON.stringify([
    nodes.map(n => [n.state, n.out, n.held, n.doomed, n.doing, n.bystander, n.batch]),
    batch,
    open?.places,
    open?.chosen,
    open?.begun,
    end,
  ])

/** Goes through every reachable state and every event in it, once; tells `each` of every transition. */
export const walk = (first: Roll, each: (transition: Transition) => void, interrupts = true) => {
  const begin = ask(first)
  const seen = new Set([keyOf(begin.roll)])
  const todo = [begin.roll]
  let transitions = 0
  for (let before = todo.pop(); before; before = todo.pop()) {
    for (const event of eventsOf(before, { interrupts })) {
      const after = next(before, event)
      transitions++
      each({ before, event, after })
      const key = keyOf(after.roll)
      if (seen.has(key)) continue
      seen.add(key)
      todo.push(after.roll)
    }
  }
  return { states: seen.size, transitions }
}
