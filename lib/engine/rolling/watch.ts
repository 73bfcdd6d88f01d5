import { isDeepStrictEqual } from 'node:util'
import type { Clock } from './clock.ts'
import { type Hold, heldFor, nothingSeen, RESTARTED, seen } from './hold.ts'
import type { Ask, Round } from './round.ts'

/** How watching a node ended. */
export type Watched =
  | { readonly state: 'held' }
  | { readonly state: 'failed' | 'unreachable'; readonly reason: string; readonly round: Round }
  | { readonly state: 'interrupted' }

interface Times {
  readonly holdsSeconds: number
  readonly withinSeconds: number
  readonly everySeconds: number
}

interface Surroundings {
  readonly ask: Ask
  readonly clock: Clock
  /** Aborted: nobody waits any longer. */
  readonly signal: AbortSignal
}

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)

const story = ({ flips, reason }: Hold, { holdsSeconds, withinSeconds }: Times): string => {
  const what = `not healthy for ${holdsSeconds} s within ${withinSeconds} s`
  const last = reason === undefined ? 'it held, but not long enough' : reason
  return flips > 0
    ? `${what}: it was healthy for a while, and then not, ${times(flips)}; last: ${last}`
    : `${what}: ${last}`
}

/** Waits until all checks have held for long enough. A no starts the time again; one that nobody answered in time is a no. */
export const gate = async (limits: Times, { ask, clock, signal }: Surroundings): Promise<Watched> => {
  const endMs = clock.now() + limits.withinSeconds * 1000
  const holdsMs = limits.holdsSeconds * 1000
  for (let hold = nothingSeen; ; ) {
    const round = await ask(endMs)
    hold = seen(hold, round)
    if (round.unreachable) return { state: 'unreachable', reason: round.unreachable.message, round }
    if (heldFor(hold, holdsMs, round)) return { state: 'held' }
    if (signal.aborted) return { state: 'interrupted' }
    if (clock.now() >= endMs) return { state: 'failed', reason: story(hold, limits), round }
    // The look that may be the last comes when the time is full, and not a whole pause later.
    const full = hold.sinceMs === undefined ? Number.POSITIVE_INFINITY : hold.sinceMs + holdsMs
    const next = Math.min(clock.now() + limits.everySeconds * 1000, Math.max(full, clock.now()), endMs)
    await clock.sleep(next - clock.now(), signal)
  }
}

/** A no is asked again: one answer that was lost on its way is no reason to give up a node. */
const TRIES = 3
/** Seconds that one look may take, where no gate says when it ends. */
const PATIENCE = 60

/** Whether the node is healthy at this moment. */
export const healthy = async (
  { everySeconds }: Pick<Times, 'everySeconds'>,
  { ask, clock, signal }: Surroundings,
  tries = TRIES,
): Promise<Round> => {
  for (let left = tries; ; ) {
    const round = await ask(clock.now() + PATIENCE * 1000)
    if (round.no === undefined || round.unreachable || --left <= 0 || signal.aborted) return round
    await clock.sleep(everySeconds * 1000, signal)
  }
}

/** Watches a node that was healthy: it must stay so, to the end. */
export const soak = async (
  seconds: number,
  limits: Pick<Times, 'everySeconds'>,
  around: Surroundings,
): Promise<Watched> => {
  const { clock, signal } = around
  const endMs = clock.now() + seconds * 1000
  for (let marks: Round['marks'] | undefined; ; ) {
    const round = await healthy(limits, around)
    if (round.unreachable) return { state: 'unreachable', reason: round.unreachable.message, round }
    const reason = round.no ?? (marks && !isDeepStrictEqual(marks, round.marks) ? RESTARTED : undefined)
    if (signal.aborted) return { state: 'interrupted' }
    if (reason !== undefined) return { state: 'failed', reason: `back in rotation, and then: ${reason}`, round }
    marks = round.marks
    if (round.startedMs >= endMs) return { state: 'held' }
    await clock.sleep(Math.min(limits.everySeconds * 1000, Math.max(0, endMs - clock.now())), signal)
  }
}
