import { EXIT } from '../errors.ts'
import type { Terminal } from './terminal.ts'

/** Ctrl-C or SIGTERM: once, what is in flight is finished and nothing new begins; again, the process ends. */
export const onInterrupt = (terminal: Pick<Terminal, 'on' | 'off' | 'exit' | 'stderr'>) => {
  const controller = new AbortController()
  const listener = (): void => {
    if (controller.signal.aborted) {
      terminal.exit(EXIT.interrupted)
      return
    }
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
