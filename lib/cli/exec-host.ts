import { type Command, sh } from '../command.ts'
import type { Connection } from '../connection/connection.ts'
import { Kept } from '../connection/kept.ts'
import { reportError } from '../engine/report-error.ts'
import { DeadlineError } from '../errors.ts'
import type { ErrorReport } from '../event.ts'
import { maskSecrets } from '../secret.ts'

/** What a command came to on one host. Masked: it may be shown, and compared with that of other hosts. */
export interface Outcome {
  readonly host: string
  /** `unknown`: the connection was lost while it ran. `skipped`: it was not begun, because of an interruption. */
  readonly state: 'ok' | 'failed' | 'unreachable' | 'unknown' | 'skipped'
  /** Left out: it did not end by itself. */
  readonly code?: number
  readonly stdout: string
  readonly stderr: string
  /** Bytes that it printed beyond what is kept. */
  readonly droppedBytes: number
  /** Why there is no exit code, and a way out. */
  readonly message?: string
  readonly hint?: string
  readonly durationMs: number
}

/** Of stdout and of stderr, each, of each host. */
const KEPT_BYTES = 1024 * 1024

/** One word is a script for sh; more are a program and its arguments, which no shell looks into. */
export const commandOf = (
  words: readonly string[],
  timeoutSeconds: number,
  stdin: Uint8Array | undefined,
): Command => ({
  script: words.length === 1 ? sh`exec sh -c "$1"` : sh`exec "$@"`,
  args: words,
  timeoutMs: timeoutSeconds * 1000,
  keepBytes: 0,
  ...(stdin && { stdin }),
})

const stateOf = (kind: ErrorReport['kind'], sent: boolean): Outcome['state'] => {
  if (kind === 'unreachable' || (kind === 'unknown' && !sent)) return 'unreachable'
  return kind === 'unknown' ? 'unknown' : 'failed'
}

const whyOf = (error: unknown, sent: boolean): Pick<Outcome, 'state' | 'message' | 'hint'> => {
  const { kind, message, hint } = reportError(error)
  const said =
    error instanceof DeadlineError ? `it was still running after ${error.timeoutMs / 1000} s and was ended` : message
  return {
    state: stateOf(kind, sent),
    message: maskSecrets(said),
    ...(hint !== undefined && { hint: maskSecrets(hint) }),
  }
}

/** Connects, runs the command, and closes. Never throws: what went wrong is the outcome. */
export const execOn = async (
  host: string,
  connect: () => Promise<Connection>,
  command: Command,
  { as, signal }: { readonly as: string | undefined; readonly signal: AbortSignal },
): Promise<Outcome> => {
  const started = performance.now()
  // What was printed before a deadline, an interruption or a lost connection is shown too.
  const seen = { stdout: new Kept(KEPT_BYTES), stderr: new Kept(KEPT_BYTES) }
  const outcome = (own: Pick<Outcome, 'state' | 'code' | 'message' | 'hint'>): Outcome => ({
    host,
    ...own,
    stdout: maskSecrets(seen.stdout.bytes().toString()),
    stderr: maskSecrets(seen.stderr.bytes().toString()),
    droppedBytes: seen.stdout.dropped + seen.stderr.dropped,
    durationMs: Math.round(performance.now() - started),
  })
  if (signal.aborted) return outcome({ state: 'skipped', message: 'not begun: interrupted' })
  let connection: Connection | undefined
  try {
    connection = await connect()
    const [output] = await connection.batch([command], {
      signal,
      ...(as !== undefined && { as }),
      onOutput: (_, stream, chunk) => seen[stream].add(chunk),
    })
    if (!output) return outcome({ state: 'unknown', message: 'there was no answer' })
    return outcome({ state: output.code === 0 ? 'ok' : 'failed', code: output.code })
  } catch (error) {
    return outcome(whyOf(error, connection !== undefined))
  } finally {
    await connection?.close().catch(() => {})
  }
}
