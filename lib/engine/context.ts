import type { Change } from '../changes/change.ts'
import type { Command, Output } from '../command.ts'
import type { Debt, Event, NodeState } from '../event.ts'
import type { HostState } from './host-state.ts'
import type { Planned } from './plan.ts'
import type { Step } from './step.ts'

/** What is known of an earlier run that this one goes on with, or pays the debts of. */
export interface Earlier {
  readonly run: string
  /** What an action printed that is done and must not be done again. Undefined: not done, or not in a resumed run. */
  handed(host: string, play: string, key: string): Printed | undefined
  /** How often the work of a step was seen to end, well or badly, in a run that is resumed. */
  ends(host: string, play: string, work: string): number
  /** Who has begun jobs where, in a run that is resumed. */
  jobUsers?(): readonly { readonly host: string; readonly as: string | undefined }[]
  /** When a job of this name was sent to the host, in a run that is resumed. Milliseconds since 1970. */
  sentAtMs(host: string, job: string): number | undefined
  /** Digests of handlers that were notified and have not run. */
  owed(host: string, play: string): readonly Debt[]
  /** All that is owed, of all plays. */
  debts(): readonly Debt[]
  /** When it was looked up what is owed. ISO 8601, UTC. */
  readonly at: string
  /** The last state of each node of a rolling play. */
  rolling(play: string): ReadonlyMap<string, NodeState>
}

/**
 * What an action printed. `masked`: a secret was in it, which the journal does not have. `cut`: it was too long for it.
 * `code`: left out, 0.
 */
export interface Printed {
  readonly code?: number
  readonly stdout: string
  readonly stderr: string
  readonly masked?: true
  readonly cut?: true
}

/** Whose step of which play it is. */
export interface About {
  /** The host that the play is about; it may delegate a step to another. */
  readonly host: string
  readonly play: string
}

/** How a change travels: its command as the host gets it, and the name that the host knows it by while it runs. */
export interface Dressed {
  readonly command: Command
  readonly job?: { readonly name: string; readonly command: Command; readonly action: boolean }
}

/** What the host did instead of the command's own doing. `lost`: nobody knows what became of it. */
export interface Meaning {
  readonly error: Error
  readonly lost: boolean
}

/** What the parts of the engine need of the run that they are part of. */
export interface RunContext {
  readonly mode: 'apply' | 'check'
  /** Aborted: nothing new begins. */
  readonly signal: AbortSignal
  /** Aborted: what is in flight is ended. */
  readonly stop: AbortSignal
  readonly earlier: Earlier | undefined
  send(event: Event): void
  /** Resolves when everything that was sent so far is safe from a crash. */
  durable(): Promise<void>
  /**
   * Before a change of this host. `again`: what was read of it before must be read again. `no`: the run is refused as a
   * whole, and that has been said.
   */
  admit(state: HostState): Promise<'go' | 'again' | 'no'>
  /** `state`: where it is sent. */
  dress(state: HostState, about: About, step: Step, change: Change, nth: number): Dressed
  /** What the output of a dressed command says beyond its code. Undefined: the code is the command's own. */
  meaning(state: HostState, dressed: Dressed, output: Output): Meaning | undefined
  /** Told of every plan, as it is reached. Throws Refusal for what a saved plan did not announce. */
  planned(host: string, play: string, on: HostState, planned: Planned): void
  /** A host of the run by its name, or the one host of a group. */
  find(name: string): HostState
}
