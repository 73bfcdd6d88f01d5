import type { Fact } from '../facts/fact.ts'
import type { UnitState } from '../facts/unit.ts'
import type { Doubt } from './change.ts'

const files = new Set(['path', 'content', 'digest'])

/**
 * Kinds of facts about what lies on the host, and not about what runs there. A kind that is not listed counts as running
 * state, which is the safe side: it is read again.
 */
const atRest = new Set([...files, 'user', 'group', 'package', 'os', 'clock', 'disk-space'])

const isAbsent = (fact: Fact<unknown>, answer: unknown): boolean => fact.kind.absent?.(answer) ?? false

/** A unit that is not there cannot be moved along with another one. */
const moves = (fact: Fact<unknown>, answer: unknown): boolean =>
  !atRest.has(fact.kind.kind) && !(fact.kind.kind === 'unit' && isAbsent(fact, answer))

/**
 * What the stop of a unit leaves unknown: everything that runs, such as ports, HTTP answers, databases, tests, and other
 * units, which may go with it (Requires=, PartOf=) or come for it (OnSuccess=, OnFailure=). So may a socket or an instance
 * by enabling (Also=). What a change says of its own unit stands beside this doubt.
 * Source: https://www.freedesktop.org/software/systemd/man/latest/systemd.unit.html
 */
export const runningState = (about: string): Doubt => ({ about, covers: moves })

/** What a start leaves unknown: what runs (Conflicts= stops others), and files that are absent: the service may create them. */
export const startedState = (about: string): Doubt => ({
  about,
  covers: (fact, answer) => moves(fact, answer) || (files.has(fact.kind.kind) && isAbsent(fact, answer)),
})

/** What enabling, disabling or masking a unit leaves unknown: other units, which Also= takes along. */
export const otherUnits = (about: string): Doubt => ({
  about,
  covers: (fact, answer) => fact.kind.kind === 'unit' && !isAbsent(fact, answer),
})

/** What systemd thinks of units whose files are newer than what it has loaded, once it has read all of them again. */
export const unitsReloaded: Doubt = {
  about: 'what systemd reads again',
  covers: (fact, answer) => fact.kind.kind === 'unit' && (answer as UnitState).needsReload,
}
