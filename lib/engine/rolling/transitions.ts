import type { NodeState } from '../../event.ts'
import type { Doing, Outcome, RollNode } from './roll.ts'

/** What an outcome makes of the node itself. `undefined` where an outcome cannot be. */
export type Transition = (node: RollNode) => Partial<RollNode>

const to =
  (state: NodeState, doing?: Doing): Transition =>
  () => ({ state, doing })

/** Nothing new begins on it. It may have been drained by halves, so whoever was on the way out is out. */
const fail: Transition = () => ({ state: 'failed', doing: undefined, out: true, doomed: false })

/** It failed while it is in rotation: `before` takes it out again, best effort, and then it has failed. */
const withdraw: Transition = () => ({ state: 'draining', doing: 'drain', out: true, doomed: true })

const park: Transition = () => ({})

/** Nobody touched it: a node that cannot even be planned goes on serving. */
const cannotBegin: Transition = () => ({ state: 'failed' })

const begin: Transition = () => ({ state: 'draining', doing: 'drain', out: true })

/**
 * Every outcome of everything that can be under way. The machine clears `doing` first and sets `reason`; what stands here is
 * laid over that.
 */
export const transitions: Readonly<Record<Doing | 'look too late', Readonly<Partial<Record<Outcome, Transition>>>>> = {
  ask: {
    passed: node => ({ out: node.held }),
    failed: node => (node.state === 'done' ? withdraw(node) : { out: true }),
    unreachable: node =>
      node.bystander ? { out: true } : node.state === 'done' ? withdraw(node) : { state: 'failed', out: true },
    parked: park,
  },
  look: {
    passed: begin,
    // It is out, and nothing is to be changed: it may come back if its gate holds.
    nothing: node => (node.out ? { state: 'gating', doing: 'gate' } : { state: 'unchanged' }),
    failed: cannotBegin,
    unreachable: fail,
  },
  // The end came while it was looked at: it does not begin any more.
  'look too late': {
    passed: park,
    nothing: node => (node.out ? {} : { state: 'unchanged' }),
    failed: cannotBegin,
    unreachable: fail,
    parked: park,
  },
  drain: {
    passed: node => (node.doomed ? fail(node) : { state: 'changing', doing: 'change' }),
    failed: fail,
    unreachable: fail,
    parked: park,
  },
  change: { passed: to('gating', 'gate'), failed: fail, unreachable: fail, parked: park },
  gate: { passed: to('returning', 'return'), failed: fail, unreachable: fail, parked: park },
  return: {
    passed: () => ({ state: 'soaking', doing: 'soak', out: false, held: false }),
    failed: withdraw,
    unreachable: withdraw,
    parked: park,
  },
  soak: { passed: to('done'), failed: withdraw, unreachable: withdraw, parked: park },
}
