import type { Event, NodeState } from '../event.ts'
import type { Mode } from './words.ts'

type Rolling = Extract<Event, { type: 'rolling' }>

/** How often `-v` must be given for a state to have a line: what takes a node out, brings it back, or makes it wait is said. */
const verbosityOf: Readonly<Record<NodeState, number>> = {
  waiting: 2,
  draining: 0,
  changing: 1,
  gating: 1,
  returning: 1,
  soaking: 0,
  done: 0,
  unchanged: 0,
  failed: 0,
}

export const tells = (state: NodeState, verbosity: number): boolean => verbosity >= verbosityOf[state]

/** In check mode nothing happens to a node. */
const would: Readonly<Record<NodeState, string>> = {
  waiting: 'waits for its turn',
  draining: 'would be taken out of rotation',
  changing: 'would be changed',
  gating: 'its health would be looked at',
  returning: 'would be put back into rotation',
  soaking: 'would be watched',
  done: 'would be back in rotation',
  unchanged: 'would never be taken out: nothing to do',
  failed: 'would stay out of rotation',
}

const about: Readonly<Record<NodeState, string>> = {
  waiting: 'waits for its turn',
  draining: 'taken out of rotation',
  changing: 'being changed',
  gating: 'its health is being looked at',
  returning: 'put back into rotation',
  soaking: 'back, and watched',
  done: 'back in rotation',
  unchanged: 'never taken out: nothing to do',
  failed: 'stays out of rotation',
}

/** `batch 1 of 3, taken out of rotation`; where there is a reason, behind a colon. */
export const rollingText = ({ state, batch, batches, reason }: Rolling, mode: Mode = 'apply'): string =>
  `batch ${batch} of ${batches}, ${(mode === 'check' ? would : about)[state]}${reason ? `: ${reason}` : ''}`
