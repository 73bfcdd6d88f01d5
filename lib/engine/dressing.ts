import { createHash } from 'node:crypto'
import type { Change } from '../changes/change.ts'
import type { Command, Output } from '../command.ts'
import type { Connection } from '../connection/connection.ts'
import { BatonError, CommandError, DeadlineError, Refusal } from '../errors.ts'
import type { Event } from '../event.ts'
import { endJobs } from '../job/end-jobs.ts'
import { forgetJobs } from '../job/forget-jobs.ts'
import { asJob, canBeJob } from '../job/job.ts'
import { type JobEnd, jobEnd } from '../job/job-end.ts'
import { isLeaseLost, whyLeaseLost } from '../lease/fence.ts'
import { Leases } from '../lease/leases.ts'
import { leaseOwner } from '../lease/owner.ts'
import { showCommand } from '../show-command.ts'
import type { LeaseKeeper } from './admission.ts'
import type { About, Dressed, Earlier, Meaning } from './context.ts'
import type { HostState } from './host-state.ts'
import { LONG } from './long.ts'
import type { Step } from './step.ts'

/** How a run protects hosts from other runs, and from its own end in the middle. */
export interface LeaseOptions {
  /** Seconds without a sign of life after which another run may take over. */
  readonly seconds: number
  /** What -i was given: for the commands that messages show. */
  readonly inventory?: string
  /** A run that is known to have ended, whether or not it could give back its leases. */
  readonly ended?: string
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

const short = (...parts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 8)

/** What did not end as a command does. */
class OddEnd extends BatonError {}

/** `lost`: never to be repeated blindly; that counts for actions, for what has facts is planned from those again. */
const oddEnds: Readonly<
  Record<Exclude<JobEnd['type'], 'ended' | 'deadline'>, { message: string; hint: string; lost: boolean }>
> = {
  // That end was seen: were it lost, every resumed run would find it again, and none would get on.
  stopped: {
    message: 'it was ended before it was done',
    hint: 'What it had done by then stays done. The next run, resumed or not, begins it anew.',
    lost: false,
  },
  vanished: {
    message: 'it is gone, and nobody saw it end: the host was started anew, or its processes were killed',
    hint: 'Look at the host; it is not run again by --resume. A run without --resume begins it anew.',
    lost: true,
  },
  absent: {
    message:
      'it was sent before the host was started anew, and the host knows nothing of it: nobody can tell whether it ran',
    hint: 'Look at the host; it is not run again by --resume. A run without --resume begins it anew.',
    lost: true,
  },
  'not-begun': {
    message: 'it was not begun: the host could not write down that it was',
    hint: 'Is there room, and may this user write, in /var/lib/baton or in its own state directory?',
    lost: false,
  },
}

/** Puts around each command what the run needs: the lease is looked at on the host, and a long one survives the controller. */
export class Dressing {
  readonly #leases: Leases | undefined
  readonly #around: Surroundings
  /** Who began jobs where. */
  readonly #began = new Map<string, Set<string | undefined>>()
  /** Jobs whose end nobody has seen. */
  readonly #unseen = new Map<string, Set<string>>()

  constructor(options: LeaseOptions | undefined, around: Surroundings) {
    const { run, playbook, connect, send, lost } = around
    this.#around = around
    if (options) for (const { host, as } of around.earlier?.jobUsers?.() ?? []) this.#hasBegun(host, as)
    this.#leases =
      options &&
      new Leases(
        {
          ...leaseOwner(run, playbook, options.inventory),
          ...(options.ended !== undefined && { ended: options.ended }),
        },
        { seconds: options.seconds, connect, send, lost },
      )
  }

  get leases(): LeaseKeeper | undefined {
    return this.#leases
  }

  /** Throws Refusal when the lease of the host is known to be lost. */
  dress(state: HostState, about: About, step: Step, change: Change, nth: number): Dressed {
    const { command } = change
    if (!this.#leases) return { command }
    const host = state.host.name
    // An action must not be done twice, and what takes long must not be lost with the connection.
    const lasting = (step.task.action || (command.timeoutMs ?? 0) > LONG) && canBeJob(command)
    if (!lasting) return { command: this.#leases.fence(host, command) }
    const name = this.#nameOf(host, about, step, command, nth)
    const { action } = step.task
    const attachOnly = action && this.#mayBeForgotten(state, about, name)
    const job = asJob(command, { run: this.#around.run, name, attachOnly })
    this.#hasBegun(host, step.as)
    this.#unseen.set(host, (this.#unseen.get(host) ?? new Set()).add(name))
    return { command: this.#leases.fence(host, job), job: { name, command: job, action } }
  }

  meaning(state: HostState, { job }: Dressed, output: Output): Meaning | undefined {
    if (!this.#leases) return undefined
    const { host } = state
    if (isLeaseLost(output)) {
      const message = `${host.name} refused the command: ${whyLeaseLost(output)}`
      return {
        lost: false,
        error: new Refusal(message, { hint: 'It did not run. Another run may be at work there: locks list.' }),
      }
    }
    if (!job) return undefined
    const { type, output: own } = jobEnd(job.command, output)
    if (type === 'ended' || type === 'deadline' || type === 'stopped') this.#unseen.get(host.name)?.delete(job.name)
    if (type === 'ended') return undefined
    const command = job.command.wraps ?? job.command
    if (type === 'deadline')
      return { lost: false, error: new DeadlineError(showCommand(command), command.timeoutMs ?? 0) }
    const { message, hint, lost } = oddEnds[type]
    if (type === 'not-begun')
      return { lost, error: new CommandError(showCommand(command), own, { hint: `${message}. ${hint}` }) }
    return job.action
      ? { lost, error: new OddEnd(message, { hint }) }
      : { lost: false, error: new OddEnd(message, { hint: 'The next run, resumed or not, reads the host again.' }) }
  }

  /**
   * Gives up what the run has on hosts. `known`: the journal has everything; without it no job is forgotten. `whole`: it got to its end. `stopped`: what still runs there is to be ended. Of a run
   * that may be resumed only those jobs are kept whose end nobody saw: their files hold what they printed, secrets too.
   */
  async end({
    whole,
    stopped,
    known,
  }: {
    readonly whole: boolean
    readonly stopped: boolean
    readonly known: boolean
  }): Promise<void> {
    const { run } = this.#around
    const sweepOf = (host: string): Command | undefined => {
      // In a resumed run there are those of the run before, too.
      const over = this.#around.earlier === undefined && !this.#unseen.get(host)?.size
      return known && (whole || (over && !stopped)) ? forgetJobs(run) : stopped ? endJobs(run) : undefined
    }
    await Promise.all(
      [...this.#began].flatMap(([host, users]) => {
        const sweep = sweepOf(host)
        return sweep ? [...users].map(as => this.#sweep(host, as, sweep)) : []
      }),
    )
    await this.#leases?.release()
  }

  #hasBegun(host: string, as: string | undefined): void {
    this.#began.set(host, (this.#began.get(host) ?? new Set()).add(as))
  }

  async #sweep(host: string, as: string | undefined, command: Command): Promise<void> {
    try {
      const connection = await this.#around.connect(host)
      await connection.batch([command], as === undefined ? {} : { as })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      this.#around.send({ type: 'notice', host, text: `its jobs were not seen to: ${why}` })
    }
  }

  /**
   * The same in a resumed run as long as nobody saw the command end, so that it is found and not repeated; another one once
   * it was seen to end, so that a second time is not taken for the first.
   */
  #nameOf(
    on: string,
    { host, play }: About,
    { work, endings, attempt }: Step,
    { script, args = [] }: Command,
    nth: number,
  ): string {
    const ends = (this.#around.earlier?.ends(host, play, work) ?? 0) + endings
    // Two hosts may delegate the same to a third, or be two names of one machine: the second must not take the first one's
    // job for its own.
    return [short(play, on, host), work, nth, short(script, ...args), ends, attempt].join('-')
  }

  /** Sent before the host was started anew: what it did not write to its disk is forgotten, and so may be the job. */
  #mayBeForgotten({ bootedAtMs }: HostState, { host }: About, name: string): boolean {
    const sentAtMs = this.#around.earlier?.sentAtMs(host, name)
    return sentAtMs !== undefined && bootedAtMs !== undefined && bootedAtMs > sentAtMs
  }
}
