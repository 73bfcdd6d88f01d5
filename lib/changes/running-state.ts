import type { Doubt } from './change.ts'

/**
 * Kinds of facts about what lies on the host, and not about what runs there. A kind that is not listed counts as running
 * state, which is the safe side: it is read again.
 */
const atRest = new Set(['path', 'content', 'digest', 'user', 'group', 'package', 'unit', 'os', 'clock', 'disk-space'])

/**
 * What the start or stop of a service leaves unknown: everything that runs (ports, HTTP answers, databases, tests), and
 * what is absent, because a service may create it.
 */
export const runningState = (about: string): Doubt => ({
  about,
  covers: (fact, answer) => !atRest.has(fact.kind.kind) || (fact.kind.absent?.(answer) ?? false),
})
