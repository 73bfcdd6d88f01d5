import type { Writable } from 'node:stream'

export interface Sink {
  write(text: string): void
  /** Resolves when everything has been handed over. */
  close(): Promise<void>
  /** Why nothing can be written any more; a reader that went away is no problem. */
  readonly problem: Error | undefined
}

/** A stream that may fail without taking the run with it: hosts must not be left half-way because of `| head`. */
export const sinkTo = (stream: Writable): Sink => {
  let failed: NodeJS.ErrnoException | undefined
  const fail = (error: Error): void => {
    failed ??= error
  }
  stream.on('error', fail)
  return {
    write(text) {
      if (!failed && stream.writable) stream.write(text)
    },
    async close() {
      if (!failed && stream.writable) await new Promise<void>(resolve => stream.write('', () => resolve()))
      // The error of a write comes a tick after its callback.
      await new Promise(resolve => setImmediate(resolve))
      stream.off('error', fail)
    },
    get problem() {
      return failed?.code === 'EPIPE' ? undefined : failed
    },
  }
}
