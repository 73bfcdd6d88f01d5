/** Longer than this a change may take to be interruptible only behind itself, or to be lost with its connection. Milliseconds. */
export const LONG = 60_000
