import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command, Output } from '../command.ts'
import type { Connection } from '../connection/connection.ts'
import { FactError, type Refusal } from '../errors.ts'
import type { Event } from '../event.ts'
import { fence, type Held } from './fence.ts'
import { Heartbeat, realTime } from './heartbeat.ts'
import type { LeasePlace, Writer } from './host-script.ts'
import type { LeaseOwner } from './owner.ts'
import { lostLease } from './refusals.ts'
import { parseKeeping, releaseLease, renewLease } from './renew.ts'
import { parseTaking, type Taking, takeLease } from './take.ts'

export interface LeaseTarget {
  readonly host: string
  /** Who keeps the lease there: root, wherever the run becomes root; undefined: the login user. */
  readonly as: string | undefined
}

export interface LeaseOptions {
  /** A host is free for others so long after this run was last heard of. A whole number. */
  readonly seconds: number
  connect(host: string): Promise<Connection>
  send(event: Event): void
  /** A lease is over before its time. Nothing more of the run can be begun on that host. */
  lost(error: Refusal): void
  /** For tests. Left out: where the host's users keep their state. */
  place?(host: string): LeasePlace
}

/** How long a release may take before the lease is left to run out. Milliseconds. */
const FAREWELL = 10_000

/** The lease that this run has on one host, from when it was taken. */
export class HostLease {
  readonly target: LeaseTarget
  readonly counter: number
  /** What was there before. */
  readonly before: Taking
  /** Set once it is over before its time. */
  over: Refusal | undefined
  readonly #owner: LeaseOwner
  readonly #options: LeaseOptions
  readonly #held: Held
  readonly #heartbeat: Heartbeat

  private constructor(target: LeaseTarget, owner: LeaseOwner, options: LeaseOptions, before: Taking, sent: number) {
    this.target = target
    this.counter = before.counter
    this.before = before
    this.#owner = owner
    this.#options = options
    this.#held = { directory: before.directory, run: owner.run, counter: before.counter }
    this.#heartbeat = new Heartbeat({
      seconds: options.seconds,
      since: sent,
      time: realTime,
      renew: async () => parseKeeping(await ask(target, options, renewLease(this.#writer()), 'lease')),
      over: why => {
        this.over = lostLease(target.host, why, options.seconds, owner)
        options.send({ type: 'lease', host: target.host, state: 'lost', counter: this.counter })
        options.lost(this.over)
      },
    })
  }

  /** The lease, or what is in its way. Throws ConnectionError, and FactError where none can be taken on that host. */
  static async take(target: LeaseTarget, owner: LeaseOwner, options: LeaseOptions): Promise<HostLease | Taking> {
    let sent = 0
    const taking = parseTaking(
      await ask(target, options, takeLease(writer(target.host, owner, options)), undefined, () => {
        sent = realTime.now()
      }),
    )
    return taking.word === 'taken' ? new HostLease(target, owner, options, taking, sent) : taking
  }

  fence(command: Command): Command {
    if (this.over) throw this.over
    return fence(command, this.#held)
  }

  /** Never throws. Undefined: it is released, or was not this run's any more; otherwise why not. */
  async release(): Promise<string | undefined> {
    const answered = new AbortController()
    const release = async (): Promise<undefined> => {
      await this.#heartbeat.stop()
      // Where the lease has a shell of its own, it need not wait behind a command that nobody waits for any more.
      const channel = this.#heartbeat.begun ? 'lease' : undefined
      parseKeeping(await ask(this.target, this.#options, releaseLease(this.#writer()), channel))
    }
    try {
      const late = sleep(FAREWELL, 'the host does not answer', { ref: false, signal: answered.signal })
      return await Promise.race([release(), late])
    } catch (error) {
      return error instanceof Error ? error.message : String(error)
    } finally {
      answered.abort()
    }
  }

  #writer(): Writer & { readonly counter: number } {
    const since = new Date(this.before.now * 1000).toISOString().replace('.000', '')
    return { ...writer(this.target.host, this.#owner, this.#options), since, counter: this.counter }
  }
}

const writer = (host: string, owner: LeaseOwner, { seconds, place }: LeaseOptions): Writer => ({
  owner,
  seconds,
  nonce: randomBytes(8).toString('hex'),
  place: place?.(host),
})

const ask = async (
  { host, as }: LeaseTarget,
  { connect }: LeaseOptions,
  command: Command,
  channel: 'lease' | undefined,
  sending = (): void => {},
): Promise<Output> => {
  const connection = await connect(host)
  sending()
  const options = { ...(as !== undefined && { as }), ...(channel && { channel }) }
  const [output] = await connection.batch([command], options)
  if (!output) throw new FactError('the script for leases did not run')
  return output
}
