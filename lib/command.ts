import type { Readable } from 'node:stream'
import type { Secret } from './secret.ts'

declare const script: unique symbol
/** POSIX sh text that no value can have got into: only the `sh` tag makes one. Its values are `"$1"`, `"$2"` ... */
export type Script = string & { readonly [script]: true }

/** Makes a Script. Only other Scripts can be put into it; a string in `${}` does not compile. Escapes are JavaScript's. */
export const sh = (text: TemplateStringsArray, ...parts: readonly Script[]): Script =>
  text.reduce((before, after, i) => `${before}${parts[i - 1] ?? ''}${after}`).trim() as Script

/** Content that is too large for memory. `open` is called once for each time it is sent. */
export interface ContentSource {
  /** Exactly how many bytes `open` gives; any other number makes the command fail. */
  readonly bytes: number
  open(): Readable
}

/** What a host is asked to run, as data. Values reach the shell as positional parameters or on stdin, never in its text. */
export interface Command {
  readonly script: Script
  /** `"$1"` and so on. Must hold no NUL byte. A secret cannot stand here: it goes over stdin. */
  readonly args?: readonly string[]
  /** Given byte for byte on the script's stdin; left out: stdin is /dev/null. */
  readonly stdin?: string | Uint8Array | Secret | ContentSource
  /** Milliseconds after which the command's processes are ended and the command has failed. */
  readonly timeoutMs?: number
  /** It reads its precondition on the host, and leaves with REFUSED_BY_GUARD when that forbids it. */
  readonly guarded?: boolean
  /** In a batch that stops on failure: this one's failure stops nothing. */
  readonly mayFail?: boolean
  /** Bytes of stdout and of stderr that are kept, each. Left out: 16 MiB. What is beyond is counted, not kept. */
  readonly keepBytes?: number
  /** The command inside, where this one only puts something in front of it: what messages show. */
  readonly wraps?: Command
  /** What messages show in its place, as a person would have written it. */
  readonly shown?: string
}

/** What a command gave. `code` is what its shell reported; 128 + n means ended by signal n, or a program that said so. */
export interface Output {
  readonly code: number
  readonly stdout: Buffer
  readonly stderr: Buffer
  /** Bytes that were produced but not kept, both streams together. */
  readonly droppedBytes: number
  readonly durationMs: number
  /** Of an answer to a fact: when it was there, in milliseconds since 1970; what is behind it in its batch may take long. */
  readonly endedAtMs?: number
}

/** What a command gave, for people and playbooks: bytes that are no UTF-8 are replaced. */
export interface CommandOutcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export const outcomeOf = ({ code, stdout, stderr }: Output): CommandOutcome => ({
  code,
  stdout: stdout.toString(),
  stderr: stderr.toString(),
})

/** A guarded command leaves with this code when the precondition it read on the host forbids it; stderr says why. */
export const REFUSED_BY_GUARD = 75

/** A fenced command (lib/lease/fence.ts) leaves with this code, having done nothing, when its run's lease on the host is over. */
export const LEASE_LOST = 76

/** Whether the commands behind this one in a batch that stops on failure are left out. */
export const stopsBatch = (command: Command | undefined, output: Output | undefined): boolean =>
  output?.code !== 0 && !command?.mayFail
