import { inspect } from 'node:util'
import type { Command } from '../command.ts'
import { BatonError, CommandError, ConnectionError, Refusal, showLocation, UsageError } from '../errors.ts'
import type { ErrorReport } from '../event.ts'
import { thrownByUser } from './users-frame.ts'

const LONGEST_COMMAND = 300

/** The command as a person could try it: script and arguments, no stdin. */
export const showCommand = (command: Command): string => {
  // As a person would have written it, without what the run put around it.
  const { script, args = [] } = command.wraps ?? command
  const short = script.length > LONGEST_COMMAND ? `${script.slice(0, LONGEST_COMMAND)} ...` : script
  const quoted = ["sh -c '", short.replaceAll("'", `'\\''`), "'", ...(args.length ? [' sh'] : [])].join('')
  return [quoted, ...args.map(a => (/^[\w@%+=:,./-]+$/.test(a) ? a : `'${a.replaceAll("'", `'\\''`)}'`))].join(' ')
}

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
