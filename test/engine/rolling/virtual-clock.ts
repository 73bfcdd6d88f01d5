import type { Clock } from '../../../lib/engine/rolling/clock.ts'

/** Time that jumps to the next sleeper as soon as nothing else is left to do. Not for questions to real processes. */
export const virtualClock = (): Clock => {
  let now = 0
  const sleepers = new Set<{ readonly at: number; wake(): void }>()
  const jump = (): void => {
    const [first] = [...sleepers].sort((a, b) => a.at - b.at)
    if (!first) return
    now = Math.max(now, first.at)
    first.wake()
  }
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise(resolve => {
        const sleeper = {
          at: now + ms,
          wake(): void {
            sleepers.delete(sleeper)
            signal.removeEventListener('abort', sleeper.wake)
            resolve()
          },
        }
        if (signal.aborted) return resolve()
        sleepers.add(sleeper)
        signal.addEventListener('abort', sleeper.wake)
        setImmediate(jump)
      }),
  }
}
