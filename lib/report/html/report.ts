// What the page is given: a run, folded, with every text once. 200 hosts x 200 tasks are some hundred kilobytes.
import type { NodeState } from '../../event.ts'
import type { Mode, Word } from '../words.ts'

/** Number of a text in `Report.texts`. */
export type Text = number
/** Milliseconds since `Report.start`. */
export type Moment = number
export type HostNumber = number
export type TaskNumber = number

/** What a run came to, gravest first. A row names its word by its place in here. */
export const words = [
  'failed',
  'refused',
  'unreachable',
  'unknown',
  'ignored',
  'rescued',
  'changed',
  'would change',
  'would run',
  'skipped',
  'ok',
] as const satisfies readonly Word[]

export interface Play {
  readonly name: string
  readonly start: Moment
  /** Left out: it did not end. */
  readonly end?: Moment
}

export interface Task {
  /** Number of the play. -1: nobody said. */
  readonly play: number
  readonly title: string
  /** `path:line:column`; empty for a connection. */
  readonly place: string
  /** `connection`: not a task of the playbook; its rows are the hosts that could not be reached. */
  readonly kind: 'task' | 'action' | 'handler' | 'connection'
  /** Where it stands in the play, on the first host that had it. */
  readonly index: number
}

export interface PackedDiff {
  readonly fact: Text
  /** Name, before, after; -1: absent. */
  readonly attributes?: readonly (readonly [Text, Text, Text])[]
  readonly texts?: readonly { readonly name: Text; readonly lines: readonly Text[]; readonly left?: number }[]
}

export interface PackedError {
  readonly kind: string
  readonly message: Text
  readonly hint?: Text
  readonly change?: Text
  readonly command?: Text
  readonly code?: number
  readonly stdout?: Text
  readonly stderr?: Text
  readonly connection?: string
  readonly stack?: Text
}

/** All that a row has to say beside its word and its times. Equal details have one number: that is how outcomes are grouped. */
export interface Detail {
  readonly reason?: Text
  readonly error?: PackedError
  readonly changes?: readonly { readonly summary: Text; readonly diffs: readonly PackedDiff[] }[]
  readonly ignored?: 1
  readonly attempts?: number
}

/** One column a property, one entry a task on a host, in the order in which they ended. */
export interface Rows {
  readonly host: readonly HostNumber[]
  readonly task: readonly TaskNumber[]
  /** Place in `words`. */
  readonly word: readonly number[]
  /** Since the row before. */
  readonly end: readonly number[]
  /** Milliseconds from its start to its end as the runner saw it; -1: it was not seen to start, nothing ran. */
  readonly span: readonly number[]
  /** Milliseconds that its changes ran on the host. */
  readonly ms: readonly number[]
  /** Number of the detail. */
  readonly detail: readonly number[]
}

export interface Link {
  readonly host: HostNumber
  readonly start: Moment
  readonly connected?: Moment
  readonly end?: Moment
  readonly roundTrips?: number
}

export interface Rolling {
  readonly play: string
  readonly batches: number
  readonly nodes: readonly {
    readonly host: HostNumber
    readonly batch: number
    readonly steps: readonly { readonly at: Moment; readonly state: NodeState; readonly reason?: Text }[]
  }[]
}

/** Whatever happened that is no task. */
export interface Note {
  readonly at: Moment
  readonly kind: 'notice' | 'lease' | 'handler' | 'preflight' | 'refused'
  /** `taken`, `released`, `lost`, `owed`, `paid`, `dropped`. */
  readonly state?: string
  /** It is something that a person has to look at. */
  readonly trouble?: 1
  readonly host?: HostNumber
  readonly text: Text
  readonly hint?: Text
}

export interface Report {
  readonly run: string
  readonly playbook: string
  /** As a person would type it, without values of vars. */
  readonly command?: string
  /** The machine that it ran from. */
  readonly controller?: string
  readonly mode: Mode
  readonly resumes?: string
  /** Milliseconds since 1970. */
  readonly start: number
  /** The last that was heard. */
  readonly end: Moment
  /** Left out: the records stop before the run did. */
  readonly exitCode?: number
  /** The exit code in plain words. */
  readonly verdict: string
  readonly hosts: readonly string[]
  readonly plays: readonly Play[]
  readonly tasks: readonly Task[]
  readonly words: readonly Word[]
  readonly rows: Rows
  readonly details: readonly Detail[]
  /** The title of a row, where its task is one of several titles. */
  readonly titles: Readonly<Record<number, Text>>
  /** What tasks printed while they ran, by row. */
  readonly outputs: Readonly<Record<number, readonly (readonly ['stdout' | 'stderr', Text])[]>>
  readonly links: readonly Link[]
  readonly rolling: readonly Rolling[]
  readonly notes: readonly Note[]
  readonly texts: readonly string[]
}
