import type { Change } from '../changes/change.ts'
import type { Output } from '../command.ts'
import type { Connection } from '../connection/connection.ts'
import type { Refusal } from '../errors.ts'
import type { Event } from '../event.ts'
import type { LeaseKeeper } from './admission.ts'
import type { Dressed, Earlier } from './context.ts'
import type { HostState } from './host-state.ts'
import type { Step } from './step.ts'

/** How a run protects hosts from other runs, and from its own end in the middle. */
export interface LeaseOptions {
  /** Seconds without a sign of life after which another run may take over. */
  readonly seconds: number
  /** What -i was given: for the commands that messages show. */
  readonly inventory?: string
}

interface Surroundings {
  readonly run: string
  readonly playbook: string
  /** The same run, before it was resumed. */
  readonly earlier: Earlier | undefined
  connect(host: string): Promise<Connection>
  send(event: Event): void
  lost(error: Refusal): void
}

/** Puts around each command what the run needs: the lease is looked at on the host, and a long one survives the controller. */
export class Dressing {
  constructor(_options: LeaseOptions | undefined, _surroundings: Surroundings) {}

  get leases(): LeaseKeeper | undefined {
    return undefined
  }

  dress(_state: HostState, _play: string, _step: Step, change: Change, _nth: number): Dressed {
    return { command: change.command }
  }

  meaning(
    _state: HostState,
    _dressed: Dressed,
    _output: Output,
  ): { readonly error: Error; readonly lost: boolean } | undefined {
    return undefined
  }

  /** `whole`: the run got to its end. */
  async end(_how: { readonly whole: boolean }): Promise<void> {}
}
