import { type Item, isBlock, isTask } from '../dsl/item.ts'
import type { Step } from './step.ts'

/** An item of a play's list, with the steps that its tasks became. */
export type Node =
  | { readonly kind: 'steps'; readonly steps: readonly Step[] }
  | {
      readonly kind: 'block'
      readonly items: readonly Node[]
      readonly rescue: readonly Node[]
      readonly always: readonly Node[]
    }
  | { readonly kind: 'flush' }

/** What is asked for of one task alone, so that it cannot share a batch with its neighbours. */
export const standsAlone = ({ task: { options } }: Step): boolean =>
  options.ignoreFailure === true ||
  options.retries !== undefined ||
  options.runOnce !== undefined ||
  options.delegateTo !== undefined

/** The nodes of a list: neighbours that can be planned and applied together are together. */
export const nodesOf = (items: readonly Item[], step: (task: Extract<Item, { plan: unknown }>) => Step): Node[] => {
  const nodes: Node[] = []
  let open: Step[] | undefined
  for (const item of items) {
    if (isTask(item)) {
      const one = step(item)
      if (standsAlone(one)) {
        nodes.push({ kind: 'steps', steps: [one] })
        open = undefined
      } else if (open) open.push(one)
      else {
        open = [one]
        nodes.push({ kind: 'steps', steps: open })
      }
      continue
    }
    open = undefined
    nodes.push(
      isBlock(item)
        ? {
            kind: 'block',
            items: nodesOf(item.items, step),
            rescue: nodesOf(item.rescue, step),
            always: nodesOf(item.always, step),
          }
        : { kind: 'flush' },
    )
  }
  return nodes
}

/** In the order in which they are written. */
export const stepsOf = (nodes: readonly Node[]): readonly Step[] =>
  nodes.flatMap(node =>
    node.kind === 'steps'
      ? node.steps
      : node.kind === 'block'
        ? stepsOf([...node.items, ...node.rescue, ...node.always])
        : [],
  )
