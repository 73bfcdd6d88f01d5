import type { Writable } from 'node:stream'
import type { Event } from '../event.ts'
import type { Turn } from './turn.ts'

export interface RenderOptions {
  /**
   * `pretty` draws a live area and wants a terminal; `plain` is for logs and pipes; `json` is one event a line; `github` is
   * plain with groups, annotations and a step summary.
   */
  readonly format: 'pretty' | 'plain' | 'json' | 'github'
  readonly stream: Writable & { readonly columns?: number; readonly rows?: number; readonly isTTY?: boolean }
  /** False: changes without their diffs. */
  readonly diff: boolean
  /** How often `-v` was given. */
  readonly verbosity: number
  /** Width of the terminal. Left out: what the stream says, else 80. */
  readonly columns?: number
  readonly color: boolean
  /** Given to whoever asks questions during a run, too. Left out: nobody does. */
  readonly turn?: Turn
  /**
   * GITHUB_ACTIONS: nothing that is written can be taken for a workflow command. GITHUB_WORKSPACE and GITHUB_STEP_SUMMARY: for
   * `github`.
   */
  readonly env?: Readonly<Record<string, string | undefined>>
}

export type Summary = Extract<Event, { type: 'summary' }>

/** Shows events that have passed the gate, in order. */
export interface Renderer {
  event(event: Event): void | Promise<void>
  /** Called once, also when the events ended too early: leaves the terminal as it was found. */
  close(): Promise<void>
}
