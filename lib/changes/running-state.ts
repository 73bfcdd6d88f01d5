import type { Doubt } from './change.ts'

const files = new Set(['path', 'content', 'digest'])

/**
 * Kinds of facts about what lies on the host, and not about what runs there. A kind that is not listed counts as running
 * state, which is the safe side: it is read again.
 */
const atRest = new Set([...files, 'user', 'group', 'package', 'unit', 'os', 'clock', 'disk-space'])

/** What the stop of a service leaves unknown: everything that runs, such as ports, HTTP answers, databases, tests. */
export const runningState = (about: string): Doubt => ({ about, covers: fact => !atRest.has(fact.kind.kind) })

/** What a start leaves unknown: what runs, and files that are absent, because the service may create them. */
export const startedState = (about: string): Doubt => ({
  about,
  covers: (fact, answer) =>
    !atRest.has(fact.kind.kind) || (files.has(fact.kind.kind) && (fact.kind.absent?.(answer) ?? false)),
})
