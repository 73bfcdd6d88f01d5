import { BatonError, EXIT } from '../errors.ts'
import { Turn } from '../report/turn.ts'
import type { Terminal } from './terminal.ts'

/**
 * What comes sooner after a signal is the same one: tsx hands a signal on again when its child, busy for 30 ms, has not told
 * that it has it already.
 */
const SAME_MS = 250

const words = [
  'Interrupted: what is in flight is finished. Interrupt again to end it now.\n',
  'Interrupted again: what runs on the hosts is ended. Interrupt once more to leave without waiting for that.\n',
] as const

export interface Interrupts {
  readonly signal: AbortSignal
  readonly end: AbortSignal
  /** As if a signal had come. */
  now(): void
  /** Signals do what they did before. */
  stop(): void
}

/**
 * Ctrl-C or SIGTERM. Once: what is in flight is finished and nothing new begins (`signal`). Again: what is in flight is ended
 * on the hosts too (`stop`). A third time: the process ends, and nobody waits for anything. `turn`: the terminal is taken for
 * the words, so that nothing is drawn over them.
 */
export const onInterrupt = (
  terminal: Pick<Terminal, 'on' | 'off' | 'exit' | 'stderr'>,
  turn = new Turn(),
  clock = () => performance.now(),
): Interrupts => {
  const [finish, end] = [new AbortController(), new AbortController()]
  let count = 0
  let last: number | undefined
  const listener = (): void => {
    if (last !== undefined && clock() - last <= SAME_MS) return
    last = clock()
    const said = words[count++]
    if (said === undefined) {
      terminal.exit(EXIT.interrupted)
      return
    }
    void turn.during(async () => terminal.stderr.write(said))
    finish.abort(new BatonError('the run was interrupted'))
    if (count === 2) end.abort(new BatonError('the run was interrupted twice'))
  }
  terminal.on('SIGINT', listener)
  terminal.on('SIGTERM', listener)
  return {
    signal: finish.signal,
    end: end.signal,
    now: listener,
    stop(): void {
      terminal.off('SIGINT', listener)
      terminal.off('SIGTERM', listener)
    },
  }
}
