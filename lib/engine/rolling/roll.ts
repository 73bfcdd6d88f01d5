import type { NodeState } from '../../event.ts'

/** What is under way on a node. `ask`: is it healthy? `look`: is there anything to change? */
export type Doing = 'ask' | 'look' | 'drain' | 'change' | 'gate' | 'return' | 'soak'

/** What the machine wants to be done; one event of the same host answers it. */
export interface Effect {
  readonly do: Doing
  readonly host: string
}

/** What became of an effect. */
export type Outcome =
  | 'passed'
  /** Looked, and there is nothing to change. */
  | 'nothing'
  | 'failed'
  /** The host cannot be reached, or nobody knows what became of it. */
  | 'unreachable'
  /** The run was interrupted in the middle of it. */
  | 'parked'

export type RollEvent =
  | { readonly type: Outcome; readonly host: string; readonly reason?: string }
  /** Nothing new is to begin. Left out: somebody interrupted the run. */
  | { readonly type: 'interrupt'; readonly end?: 'refused' }

/** A host of the play's groups. Rolls are values: nothing here is ever changed in place. */
export interface RollNode {
  readonly host: string
  /** Not worked on in this run, but its health counts. */
  readonly bystander: boolean
  readonly state: NodeState
  /** Out of rotation, or not healthy, for all that is known. */
  readonly out: boolean
  /** A run before this one left it out: it counts as out, whatever it answers, until it was put back. */
  readonly held: boolean
  /** It failed after it was put back, and is being taken out for good. */
  readonly doomed: boolean
  readonly doing: Doing | undefined
  /** From 1; 0 before its turn. */
  readonly batch: number
  readonly reason: string | undefined
}

export interface Rules {
  /** Nodes at a time, batch after batch; the last for all that follow. At least 1 each. */
  readonly sizes: readonly number[]
  readonly maxUnavailable: number
  readonly budget: number
}

/** Why nothing new begins. `refused`: already before the first node, or the whole run; `room`: too many are out by now. */
export type End = 'finished' | 'budget' | 'room' | 'refused' | 'interrupted'

export interface Roll {
  /** In the order in which they are worked on. */
  readonly nodes: readonly RollNode[]
  readonly rules: Rules
  /** Batches begun so far. */
  readonly batch: number
  /** The batch that is open: places left in it, and whether anybody has been chosen. Undefined: health is asked first. */
  readonly open: { readonly places: number; readonly chosen: boolean; readonly begun: boolean } | undefined
  readonly end: End | undefined
}

const FINAL: readonly NodeState[] = ['done', 'unchanged', 'failed']
export const isFinal = ({ state }: RollNode): boolean => FINAL.includes(state)

/** Nodes whose turn has not come. */
export const waiting = (roll: Roll): readonly RollNode[] =>
  roll.nodes.filter(n => !n.bystander && n.state === 'waiting' && n.doing === undefined)

export const failed = (roll: Roll): readonly RollNode[] => roll.nodes.filter(n => n.state === 'failed' || n.doomed)
export const out = (roll: Roll): readonly RollNode[] => roll.nodes.filter(n => n.out)

/** A node that is watched after its return may yet fall over: until it is done its place is taken. */
const takesPlace = (n: RollNode): boolean =>
  n.out || n.doing === 'look' || (!n.bystander && !isFinal(n) && n.state !== 'waiting')

/** How many more nodes may go out. */
export const room = (roll: Roll): number => roll.rules.maxUnavailable - roll.nodes.filter(takesPlace).length

export const isOver = (roll: Roll): boolean => roll.end !== undefined && roll.nodes.every(n => n.doing === undefined)
