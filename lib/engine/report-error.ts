import { inspect } from 'node:util'
import {
  BatonError,
  CommandError,
  ConnectionError,
  DeadlineError,
  Refusal,
  showLocation,
  UsageError,
} from '../errors.ts'
import type { ErrorReport } from '../event.ts'
import { thrownByUser } from './users-frame.ts'

const kindOf = (error: BatonError): ErrorReport['kind'] => {
  if (error instanceof Refusal) return 'refused'
  if (error instanceof CommandError && error.refused) return 'refused'
  if (error instanceof ConnectionError) return error.reason === 'lost' ? 'unknown' : 'unreachable'
  return 'failed'
}

/** What a renderer can show without knowing an error class. A bug keeps its stack; what a playbook threw says its line. */
export const reportError = (error: unknown, change?: string): ErrorReport => {
  const about = change === undefined ? {} : { change }
  if (error instanceof UsageError) return { kind: 'failed', message: error.message, ...about }
  if (!(error instanceof BatonError)) {
    // Baton throws Errors only.
    if (!(error instanceof Error))
      return { kind: 'failed', message: `the playbook threw ${inspect(error)}, which is no Error`, ...about }
    const at = thrownByUser(error.stack ?? '')
    if (at) return { kind: 'failed', message: `${showLocation(at)}: ${error.name}: ${error.message}`, ...about }
    return { kind: 'bug', message: error.message, ...about, ...(error.stack !== undefined && { stack: error.stack }) }
  }
  const kind = kindOf(error)
  const command =
    error instanceof CommandError
      ? {
          command: error.command,
          code: error.output.code,
          stdout: error.output.stdout.toString(),
          stderr: error.output.stderr.toString(),
        }
      : error instanceof DeadlineError
        ? { command: error.command }
        : {}
  const said = error instanceof CommandError && kind === 'refused' ? error.output.stderr.toString().trim() : ''
  return {
    kind,
    message: said || error.message,
    ...(error.hint !== undefined && { hint: error.hint }),
    ...about,
    ...command,
    ...(error instanceof ConnectionError && { connection: error.reason }),
  }
}
