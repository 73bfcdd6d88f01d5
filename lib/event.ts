import type { ConnectionFailure, SourceLocation } from './errors.ts'

export type Outcome = 'ok' | 'changed' | 'skipped' | 'failed' | 'unreachable' | 'unknown'

/** One fact before and after a change, for people. */
export interface FactDiff {
  /** `path /etc/hosts` */
  readonly fact: string
  /** Attributes that differ. `undefined`: absent. */
  readonly attributes: readonly { readonly name: string; readonly before?: string; readonly after?: string }[]
  /** Unified diffs of texts, without file headers, one line an entry (`@@ ...`, ` same`, `-old`, `+new`). */
  readonly texts: readonly { readonly name: string; readonly lines: readonly string[] }[]
}

export interface ChangeReport {
  readonly summary: string
  readonly diffs: readonly FactDiff[]
}

/** Why something failed, ready to be shown: no renderer has to know an error class. */
export interface ErrorReport {
  /** `refused`: a guard's no. `bug`: not a BatonError; `stack` is set. */
  readonly kind: 'failed' | 'refused' | 'unreachable' | 'unknown' | 'bug'
  readonly message: string
  readonly hint?: string
  /** The summary of the change that failed. */
  readonly change?: string
  /** The command, as a person would write it, without stdin. */
  readonly command?: string
  readonly code?: number
  readonly stdout?: string
  readonly stderr?: string
  readonly connection?: ConnectionFailure
  readonly stack?: string
}

export interface TaskReport {
  readonly host: string
  readonly play: string
  /** Position in the host's list of the play, from 0; handlers come after the tasks. */
  readonly index: number
  readonly title: string
  readonly handler: boolean
  /** It has no state to compare: always *changed*, and in check mode *would run*. */
  readonly action: boolean
  readonly at: SourceLocation
}

export interface Counts {
  readonly ok: number
  readonly changed: number
  readonly failed: number
  readonly skipped: number
  readonly unreachable: number
  readonly unknown: number
}

/** Everything the engine says. Renderers, reports and the exit code know nothing else. */
export type Event =
  | {
      readonly type: 'run'
      readonly run: string
      readonly playbook: string
      readonly mode: 'apply' | 'check'
      readonly hosts: readonly string[]
      readonly time: string
    }
  | {
      readonly type: 'host'
      readonly host: string
      readonly state: 'connecting' | 'connected' | 'closed'
      readonly roundTrips?: number
    }
  | { readonly type: 'unreachable'; readonly host: string; readonly error: ErrorReport }
  | {
      readonly type: 'play'
      readonly play: string
      readonly state: 'started' | 'finished'
      readonly hosts: readonly { readonly host: string; readonly tasks: readonly string[] }[]
    }
  /** In check mode nothing runs: a task has an `end` only. */
  | ({ readonly type: 'task'; readonly state: 'running' } & TaskReport)
  | ({
      readonly type: 'task'
      readonly state: 'ended'
      readonly outcome: Outcome
      readonly changes: readonly ChangeReport[]
      /** Why it is skipped or unknown. */
      readonly reason?: string
      readonly error?: ErrorReport
      readonly durationMs: number
    } & TaskReport)
  | ({ readonly type: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string } & TaskReport)
  | { readonly type: 'notice'; readonly host?: string; readonly text: string }
  | {
      readonly type: 'summary'
      readonly exitCode: number
      readonly hosts: Readonly<Record<string, Counts>>
      readonly durationMs: number
    }
