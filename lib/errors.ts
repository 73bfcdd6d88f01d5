import type { Output } from './command.ts'

/** The exit codes of the process. */
export const EXIT = {
  done: 0,
  /** Wrong arguments, inventory or playbook. No host was touched. */
  usage: 1,
  failed: 2,
  changesPending: 3,
  /** A host was unreachable, or its state is unknown. */
  unreachable: 4,
  /** Refused by a guard. */
  refused: 5,
  interrupted: 130,
} as const

/** A line of a file that a user can edit. Lines and columns start at 1. */
export interface SourceLocation {
  readonly file: string
  readonly line: number
  readonly column: number
}

export const showLocation = (at: SourceLocation): string => `${at.file}:${at.line}:${at.column}`

interface Details {
  readonly hint?: string
  readonly cause?: unknown
}

/** Base of everything Baton reports on purpose: `message` says what is wrong, `hint` what to do. Any other Error is a bug. */
export class BatonError extends Error {
  readonly hint: string | undefined
  constructor(message: string, { hint, cause }: Details = {}) {
    super(message, { cause })
    this.name = new.target.name
    this.hint = hint
  }
}

/** One thing wrong with the arguments, the inventory or the playbook. */
export interface Problem {
  readonly message: string
  readonly at?: SourceLocation
  readonly hint?: string
}

/** Everything wrong with the input, at once. Thrown before any host is touched: exit code 1. */
export class UsageError extends BatonError {
  readonly problems: readonly Problem[]
  constructor(problems: readonly Problem[]) {
    super(problems.map(p => (p.at ? `${showLocation(p.at)}: ${p.message}` : p.message)).join('\n'))
    this.problems = problems
  }
}

export type ConnectionFailure =
  | 'dns'
  | 'refused'
  | 'timeout'
  | 'host-key-unknown'
  | 'host-key-changed'
  | 'host-key-revoked'
  | 'auth'
  | 'become'
  | 'shell'
  | 'lost'

/**
 * The host could not be reached or talked to: *unreachable*, exit code 4. `lost` after a command was sent means that
 * nobody knows whether it took effect: *unknown*.
 */
export class ConnectionError extends BatonError {
  readonly host: string
  readonly reason: ConnectionFailure
  constructor(host: string, reason: ConnectionFailure, message: string, details?: Details) {
    super(message, details)
    this.host = host
    this.reason = reason
  }
}

/** A command ended with a code that was not expected. */
export class CommandError extends BatonError {
  readonly output: Output
  readonly command: string
  /** A guard's no: nothing was done. */
  readonly refused: boolean
  constructor(command: string, output: Output, details: Details & { readonly refused?: boolean } = {}) {
    super(`exit code ${output.code}${output.code > 128 ? ` (signal ${output.code - 128}?)` : ''}`, details)
    this.command = command
    this.refused = details.refused ?? false
    this.output = output
  }
}

/** A command ran past its deadline and was ended. */
export class DeadlineError extends BatonError {
  readonly command: string
  readonly timeoutMs: number
  constructor(command: string, timeoutMs: number, details?: Details) {
    super(`still running after ${timeoutMs / 1000} s, and was ended`, details)
    this.command = command
    this.timeoutMs = timeoutMs
  }
}

/** A host's answer to a fact's question could not be had, or is not what the question's schema allows. */
export class FactError extends BatonError {}

/** A precondition does not hold, so nothing was done: exit code 5. */
export class Refusal extends BatonError {}
