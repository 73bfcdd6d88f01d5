import type { Change } from '../changes/change.ts'
import type { Command, Output } from '../command.ts'
import type { Connection } from '../connection/connection.ts'
import { Refusal } from '../errors.ts'
import type { Event } from '../event.ts'
import { isLeaseLost } from '../lease/fence.ts'
import { Leases } from '../lease/leases.ts'
import { leaseOwner } from '../lease/owner.ts'
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
  readonly #leases: Leases | undefined

  constructor(options: LeaseOptions | undefined, { run, playbook, connect, send, lost }: Surroundings) {
    this.#leases =
      options &&
      new Leases(leaseOwner(run, playbook, options.inventory), { seconds: options.seconds, connect, send, lost })
  }

  get leases(): LeaseKeeper | undefined {
    return this.#leases
  }

  /** Throws Refusal when the lease of the host is known to be lost. */
  dress(state: HostState, _play: string, _step: Step, change: Change, _nth: number): Dressed {
    const command: Command = change.command
    return { command: this.#leases?.fence(state.host.name, command) ?? command }
  }

  meaning(
    state: HostState,
    _dressed: Dressed,
    output: Output,
  ): { readonly error: Error; readonly lost: boolean } | undefined {
    if (this.#leases && isLeaseLost(output))
      return { lost: false, error: new Refusal(`${state.host.name} refused it: ${output.stderr.toString().trim()}`) }
    return undefined
  }

  /** `whole`: the run got to its end. */
  async end(_how: { readonly whole: boolean }): Promise<void> {
    await this.#leases?.release()
  }
}
