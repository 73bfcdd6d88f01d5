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

/**
 * Where a node of a rolling play is. `unchanged`: there was nothing to do, and it was never taken out. `failed`: it stays
 * out of rotation, and somebody has to look at it. `waiting`: its turn has not come.
 */
export type NodeState =
  | 'waiting'
  | 'draining'
  | 'changing'
  | 'gating'
  | 'returning'
  | 'soaking'
  | 'done'
  | 'unchanged'
  | 'failed'

export interface TaskReport {
  readonly host: string
  readonly play: string
  /** Position in the host's list of the play, from 0; handlers come after the tasks. */
  readonly index: number
  /** The same for this task in every run of the same playbook, and unique in the host's play. */
  readonly key?: string
  readonly title: string
  readonly handler: boolean
  /** It has no state to compare: always *changed*, and in check mode *would run*. */
  readonly action: boolean
  readonly at: SourceLocation
}

/** How many tasks came to what. An ignored failure is counted as `ignored`, not as failed. */
export interface Counts {
  readonly ignored?: number
  readonly ok: number
  readonly changed: number
  readonly failed: number
  readonly skipped: number
  readonly unreachable: number
  readonly unknown: number
}

/** Where a run was started, and with what: a later run finds the journal of the same work by it. */
export interface Origin {
  /** The playbook's file, relative to the project. */
  readonly file: string
  /** As -i named them. */
  readonly inventories: readonly string[]
  /** The inventories' files, relative to the project: the same for every spelling of -i. */
  readonly paths?: readonly string[]
  /** Which hosts and tasks, and with which vars: a resumed run is held to them. Of a secret var only a trace is kept. */
  readonly chosen?: {
    readonly limit?: string
    readonly tags: readonly string[]
    readonly skipTags: readonly string[]
    readonly startAt?: string
    readonly extraVars: readonly ({ readonly text: string } | { readonly name: string; readonly digest: string })[]
  }
  /** The saved plan that the run keeps to: a resumed one keeps to the very same. */
  readonly plan?: { readonly file: string; readonly seal: string }
  /** The arguments without values of vars: for people. */
  readonly command: string
  readonly controller: string
  readonly pid: number
  /** Start time of the process as the kernel counts it, so that a process id that was used again is not taken for it. */
  readonly started: string
}

/** A handler that was notified and has not run. `task`: see the event `handler`. */
export interface Debt {
  readonly host: string
  readonly play: string
  readonly task: string
  readonly title: string
}

/** What was owed, and when that was looked up: ISO 8601, UTC, with milliseconds. */
export interface KnownDebts {
  readonly at: string
  readonly owed: readonly Debt[]
}

/** One line of a journal: an event, and when it was. */
export interface Recorded {
  /** ISO 8601, UTC, with milliseconds. */
  readonly time: string
  readonly event: Event
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
      /** It goes on with a run of the same name that did not end well. */
      readonly resumes?: string
      /** What earlier runs of the same work were known to owe when this one began: later ones need not read further back. */
      readonly debts?: KnownDebts
      readonly origin?: Origin
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
      /** It failed, and the playbook says that this stops nothing. */
      readonly ignored?: true
      /** Its block has a rescue, which is to put it right: if that fails, it says so itself. */
      readonly rescued?: true
      /** How often it was tried, where that was more than once. */
      readonly attempts?: number
      readonly durationMs: number
    } & TaskReport)
  /**
   * These changes are about to be sent. In the journal before they are: without an `ended` of the task behind it, nobody saw
   * what became of them.
   */
  | {
      readonly type: 'sent'
      readonly host: string
      /** Where to, if it is delegated to another host. */
      readonly on?: string
      /** The user they act as. Left out: the login user. */
      readonly as?: string
      readonly play: string
      readonly changes: readonly {
        readonly index: number
        /** See TaskReport. */
        readonly key?: string
        readonly title: string
        readonly summary: string
        /** The name by which the host knows the running command, where it has one: a resumed run looks it up. */
        readonly job?: string
      }[]
    }
  /** An action has run, and this is what it printed: a resumed run takes what it hands on from here. */
  | {
      readonly type: 'handed'
      readonly host: string
      readonly play: string
      readonly task: string
      /** Left out: 0. */
      readonly code?: number
      readonly stdout: string
      readonly stderr: string
      /** A secret was in it, which the journal does not have. */
      readonly masked?: true
      /** It was too long to be kept: both texts are left out. */
      readonly cut?: true
    }
  /** A handler. `owed`: notified, and it has not run yet. `task` tells it apart from others: a digest of its name and params. */
  | {
      readonly type: 'handler'
      readonly host: string
      readonly play: string
      readonly task: string
      readonly title: string
      readonly state: 'owed' | 'paid' | 'dropped'
      /** `paid`, by a run of it that has just ended: this counts as its end, and the `ended` behind it does not. */
      readonly ran?: true
      /** `owed`, by an earlier run: said once more for who reads this run alone. */
      readonly carried?: true
    }
  /** A node of a rolling play is in this state now. */
  | {
      readonly type: 'rolling'
      readonly play: string
      readonly host: string
      /** From 1. */
      readonly batch: number
      readonly batches: number
      readonly state: NodeState
      readonly reason?: string
    }
  | {
      readonly type: 'lease'
      readonly host: string
      readonly state: 'taken' | 'released' | 'lost'
      /** Only grows, on the host. */
      readonly counter: number
    }
  /** What was wrong with hosts before the first change. Nothing was changed. */
  | {
      readonly type: 'preflight'
      readonly problems: readonly { readonly host: string; readonly message: string; readonly hint?: string }[]
    }
  | ({ readonly type: 'output'; readonly stream: 'stdout' | 'stderr'; readonly text: string } & TaskReport)
  | { readonly type: 'notice'; readonly host?: string; readonly text: string }
  /** The run as a whole is refused: a lock is held, a plan is stale. Nothing further begins. */
  | { readonly type: 'refused'; readonly error: ErrorReport }
  | {
      readonly type: 'summary'
      readonly exitCode: number
      readonly hosts: Readonly<Record<string, Counts>>
      readonly durationMs: number
    }
