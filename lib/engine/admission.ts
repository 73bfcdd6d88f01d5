import { type Command, sh } from '../command.ts'
import { BatonError, Refusal } from '../errors.ts'
import type { Event } from '../event.ts'
import type { Affected } from './affected.ts'
import type { HostState } from './host-state.ts'
import { type HostProblem, problemsOf, readiness } from './preflight.ts'
import { reportError } from './report-error.ts'
import { jobs, stillRunning } from './running-jobs.ts'

/** What noise of a login shell does to programs that speak over its stdout. */
const BREAKS = 'breaks rsync, scp and sftp (print only where [ -t 1 ] is true)'

/** The locks of a run. See lib/lease. */
export interface LeaseKeeper {
  takeAll(hosts: readonly { readonly host: string; readonly as: string | undefined }[]): Promise<void>
  /** The command, which the host refuses unless it can see there that the lease is this run's. */
  fence(host: string, command: Command): Command
}

/** Whose lease it is: root's, where root takes part; all users' commands look at the same one. */
const holder = (users: readonly (string | undefined)[]): string | undefined =>
  users.includes('root') ? 'root' : users.includes(undefined) ? undefined : users[0]

/**
 * What comes before the first change of a run, once for all hosts: each is looked at, and the run takes a lease on each, or
 * the run is refused as a whole. A run that changes nothing never gets here, and takes no lease.
 */
export class Admission {
  #affected: readonly Affected[]
  readonly #leases: LeaseKeeper | undefined
  readonly #run: string
  readonly #send: (event: Event) => void
  readonly #stale = new Set<HostState>()
  #admitted: Promise<boolean> | undefined
  #refused = false

  constructor(
    run: string,
    affected: readonly Affected[],
    leases: LeaseKeeper | undefined,
    send: (event: Event) => void,
  ) {
    this.#run = run
    this.#affected = affected
    this.#leases = leases
    this.#send = send
  }

  /** The run was refused, or lost what it had: nothing further may be changed. */
  get refused(): boolean {
    return this.#refused
  }

  /** A host that nothing will be done on, because it cannot be reached. */
  without(state: HostState): void {
    this.#affected = this.#affected.filter(one => one.state !== state)
  }

  /** Asks each host what it is like, together with whatever is asked of it at the same time. */
  ask(): void {
    for (const { state, users } of this.#affected)
      for (const as of users) {
        const reader = state.reader(as)
        for (const asked of [reader.read(readiness), this.#leases && reader.read(jobs)]) asked?.catch(() => {})
      }
  }

  async admit(state: HostState): Promise<'go' | 'again' | 'no'> {
    this.#admitted ??= this.#decide()
    const good = await this.#admitted
    if (!good || this.#refused) return 'no'
    return this.#stale.delete(state) ? 'again' : 'go'
  }

  refuse(error: unknown): void {
    if (!this.#refused) this.#send({ type: 'refused', error: { ...reportError(error), kind: 'refused' } })
    this.#refused = true
  }

  async #decide(): Promise<boolean> {
    const problems = (await Promise.all(this.#affected.map(one => this.#look(one)))).flat()
    if (problems.length > 0) {
      this.#send({ type: 'preflight', problems })
      this.refuse(
        new Refusal(problems.length === 1 ? 'a host is not ready' : `${problems.length} things are wrong with hosts`),
      )
      return false
    }
    if (!this.#leases) return true
    try {
      await this.#leases.takeAll(
        this.#affected.map(({ state, users }) => ({ host: state.host.name, as: holder(users) })),
      )
      await Promise.all(this.#affected.map(one => this.#allSee(one)))
    } catch (error) {
      this.refuse(error)
      return false
    }
    // What was read before the lease was had may have been changed since, by whoever had it before.
    for (const { state } of this.#affected) if (state.remembers) this.#stale.add(state)
    return true
  }

  /** Without root, the lease is where one user keeps it, maybe in a home that is closed to the others. Throws Refusal. */
  async #allSee({ state, users }: Affected): Promise<void> {
    const keeper = holder(users)
    const host = state.host.name
    if (!this.#leases || keeper === 'root' || users.length < 2) return
    const look = this.#leases.fence(host, { script: sh`true` })
    const connection = await state.connect()
    for (const as of users.filter(user => user !== keeper)) {
      const [output] = await connection.batch([look], as === undefined ? {} : { as })
      if (output?.code === 0) continue
      throw new Refusal(
        `${host}: ${as ?? 'the login user'} cannot see the lease that ${keeper ?? 'the login user'} has there`,
        {
          hint: "Let the run become root for a task of this host, whose leases all can see; or let all its tasks be one user's.",
        },
      )
    }
  }

  async #look({ state, users }: Affected): Promise<readonly HostProblem[]> {
    const host = state.host.name
    const found = await Promise.all(
      users.map(async (as): Promise<readonly HostProblem[]> => {
        try {
          const reader = state.reader(as)
          const [ready, left] = await Promise.all([reader.read(readiness), this.#leases && reader.read(jobs)])
          const { uptimeSeconds, readAtSeconds } = ready
          if (uptimeSeconds !== undefined) state.bootedAtMs = (readAtSeconds - uptimeSeconds) * 1000
          return [...problemsOf(host, ready), ...(left ? stillRunning(host, left, this.#run) : [])]
        } catch (error) {
          const { message, hint } = error instanceof BatonError ? error : { message: String(error), hint: undefined }
          return [{ host, message, ...(hint !== undefined && { hint }) }]
        }
      }),
    )
    const { noise } = (await state.connect().catch(() => undefined)) ?? {}
    if (noise) this.#send({ type: 'notice', host, text: `its shell prints by itself, which ${BREAKS}: ${noise}` })
    return [...new Map(found.flat().map(p => [p.message, p])).values()]
  }
}
