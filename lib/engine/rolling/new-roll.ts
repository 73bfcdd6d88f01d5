import type { NodeState } from '../../event.ts'
import type { Roll, RollNode, Rules } from './roll.ts'

interface Members {
  /** In the order in which they are worked on. */
  readonly hosts: readonly string[]
  /** The play's other hosts: they only count. */
  readonly bystanders: readonly string[]
  /** The last states of the run that is resumed. Left out: a new one. */
  readonly earlier?: ReadonlyMap<string, NodeState>
}

/** Where a node begins, by where the run before left it. */
const from = (state: NodeState | undefined): Pick<RollNode, 'state' | 'held' | 'out'> => {
  if (state === 'done' || state === 'unchanged') return { state, held: false, out: false }
  const held = state !== undefined && state !== 'waiting'
  return { state: 'waiting', held, out: held }
}

/** A roll before its first step. What was left out by the run before comes first, and counts as out. */
export const newRoll = (rules: Rules, { hosts, bystanders, earlier = new Map() }: Members): Roll => {
  const node = (host: string, bystander: boolean): RollNode => {
    const { state, held, out } = from(earlier.get(host))
    const known = bystander ? { state: 'waiting' as const, held, out } : { state, held, out }
    return { host, bystander, ...known, doomed: false, doing: undefined, batch: 0, reason: undefined }
  }
  const members = hosts.map(host => node(host, false))
  const nodes = [
    ...members.filter(n => n.held),
    ...members.filter(n => !n.held),
    ...bystanders.map(host => node(host, true)),
  ]
  return { nodes, rules, batch: 0, open: undefined, end: undefined }
}
