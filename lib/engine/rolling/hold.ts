import { isDeepStrictEqual } from 'node:util'
import type { Round } from './round.ts'

/** What a gate has seen so far. A value. */
export interface Hold {
  /** Since when all checks hold without a break, by the clock of the rounds. */
  readonly sinceMs: number | undefined
  /** How often it held and then did not. */
  readonly flips: number
  /** The last no. */
  readonly reason: string | undefined
  readonly marks: Round['marks']
}

export const nothingSeen: Hold = { sinceMs: undefined, flips: 0, reason: undefined, marks: [] }

export const RESTARTED = 'it fell over and came back between two looks'

/** One more round. From the end of the first that is well, so that nothing counts that nobody saw. */
export const seen = (hold: Hold, { no, marks, endedMs, late }: Round): Hold => {
  const held = hold.sinceMs !== undefined
  const same = !held || isDeepStrictEqual(marks, hold.marks)
  // A look that was cut off says less than the last one that was answered.
  const reason = (late && hold.reason) || no || (same ? undefined : RESTARTED)
  if (reason === undefined) return { ...hold, sinceMs: hold.sinceMs ?? endedMs, marks }
  // What runs anew now may hold from now on; what does not answer holds nothing.
  return { sinceMs: no === undefined ? endedMs : undefined, flips: hold.flips + (held ? 1 : 0), reason, marks }
}

/** Whether the last round, which began at `startedMs`, found it so for long enough. */
export const heldFor = ({ sinceMs }: Hold, ms: number, { startedMs, no }: Round): boolean =>
  no === undefined && sinceMs !== undefined && (ms === 0 || startedMs - sinceMs >= ms)
