/**
 * Settles as the work does, or rejects with the signal's reason when that comes first. What the work still gives after that
 * goes to `late`, its error nowhere.
 */
export const until = <T>(work: Promise<T>, signal: AbortSignal, late: (value: T) => void): Promise<T> =>
  new Promise((resolve, reject) => {
    const aborted = (): void => reject(signal.reason)
    if (signal.aborted) aborted()
    else signal.addEventListener('abort', aborted, { once: true })
    work.then(
      value => {
        signal.removeEventListener('abort', aborted)
        if (signal.aborted) late(value)
        else resolve(value)
      },
      (error: unknown) => {
        signal.removeEventListener('abort', aborted)
        reject(error)
      },
    )
  })

/** Gives the work a signal that is aborted after `ms` milliseconds, with that error, or when the outer one is. */
export const within = async <T>(
  ms: number,
  expired: () => Error,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> => {
  const controller = new AbortController()
  const timer = setTimeout(() => controller.abort(expired()), ms)
  const aborted = (): void => controller.abort(outer?.reason)
  if (outer?.aborted) aborted()
  else outer?.addEventListener('abort', aborted, { once: true })
  try {
    return await work(controller.signal)
  } finally {
    clearTimeout(timer)
    outer?.removeEventListener('abort', aborted)
  }
}
