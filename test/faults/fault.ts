/** What a controller is told to do to itself. */
export interface Fault {
  /** The number of the record, from 1, at which it is done. */
  readonly at?: number
  readonly how?: 'kill before' | 'kill after' | 'stop'
  /** Instead of ten seconds, and three without an answer. */
  readonly keepalive?: { readonly intervalMs: number; readonly count: number }
  /** For tests of the oracle: a controller that lies, or one that forgets. */
  readonly says?: 'success' | 'nothing of the past'
}
