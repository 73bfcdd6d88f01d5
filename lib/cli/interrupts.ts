import { EXIT } from '../errors.ts'
import type { Terminal } from './terminal.ts'

/**
 * What comes sooner after the first signal is the same one: tsx hands a signal on again when its child, busy for 30 ms, has
 * not told that it has it already.
 */
const SAME_MS = 250

/** Ctrl-C or SIGTERM: once, what is in flight is finished and nothing new begins; again, the process ends. */
export const onInterrupt = (
  terminal: Pick<Terminal, 'on' | 'off' | 'exit' | 'stderr'>,
  clock = () => performance.now(),
) => {
  const controller = new AbortController()
  let first: number | undefined
  const listener = (): void => {
    if (first !== undefined) {
      if (clock() - first > SAME_MS) terminal.exit(EXIT.interrupted)
      return
    }
    first = clock()
    terminal.stderr.write('Interrupted: what is in flight is finished. Interrupt again to stop at once.\n')
    controller.abort()
  }
  terminal.on('SIGINT', listener)
  terminal.on('SIGTERM', listener)
  return {
    signal: controller.signal,
    now: listener,
    stop(): void {
      terminal.off('SIGINT', listener)
      terminal.off('SIGTERM', listener)
    },
  }
}
