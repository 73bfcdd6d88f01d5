import { BatonError, EXIT } from '../errors.ts'
import type { Interrupts } from './interrupts.ts'
import type { Terminal } from './terminal.ts'

/** tsx may hand on one signal twice; see interrupts.ts. */
const SAME_MS = 250

/**
 * Ctrl-C or SIGTERM, for commands that somebody typed and waits for: once, they are ended on their hosts, and `signal` is
 * aborted; again, this process ends.
 */
export const endOnInterrupt = (
  terminal: Pick<Terminal, 'on' | 'off' | 'exit' | 'stderr'>,
  clock = () => performance.now(),
): Omit<Interrupts, 'end'> => {
  const controller = new AbortController()
  let first: number | undefined
  const now = (): void => {
    if (first === undefined) {
      first = clock()
      terminal.stderr.write('Interrupted: what runs is being ended. Interrupt again to leave it as it is.\n')
      controller.abort(new BatonError('it was ended: interrupted'))
    } else if (clock() - first > SAME_MS) terminal.exit(EXIT.interrupted)
  }
  terminal.on('SIGINT', now)
  terminal.on('SIGTERM', now)
  return {
    signal: controller.signal,
    now,
    stop(): void {
      terminal.off('SIGINT', now)
      terminal.off('SIGTERM', now)
    },
  }
}
