import { setTimeout } from 'node:timers/promises'

/** Time, so that a test need not wait for it. */
export interface Clock {
  /** Milliseconds, of a clock that nobody sets. */
  now(): number
  /** Resolves after so many milliseconds, or when the signal is aborted. Never rejects. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export const clock: Clock = {
  now: () => performance.now(),
  sleep: (ms, signal) => setTimeout(ms, undefined, { signal }).catch(() => {}),
}
