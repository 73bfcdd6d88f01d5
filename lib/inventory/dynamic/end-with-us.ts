const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

const living = new Set<() => void>()

const endAll = (): void => {
  for (const end of living) end()
}

const onSignal = (signal: NodeJS.Signals): void => {
  endAll()
  stopListening()
  // With nobody else listening, the signal would have ended this process.
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
}

const stopListening = (): void => {
  process.off('exit', endAll)
  for (const signal of signals) process.off(signal, onSignal)
}

/**
 * A process group of its own does not hear of Ctrl-C: `end` is called when this process ends, or is told to. Gives back how to
 * stop that.
 */
export const endWithUs = (end: () => void): (() => void) => {
  if (living.size === 0) {
    process.on('exit', endAll)
    for (const signal of signals) process.on(signal, onSignal)
  }
  living.add(end)
  return () => {
    living.delete(end)
    if (living.size === 0) stopListening()
  }
}
