import { randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Command } from '../command.ts'
import { HostLease, type LeaseOptions, type LeaseTarget } from './host-lease.ts'
import { runId } from './lease.ts'
import type { LeaseOwner } from './owner.ts'
import { cannotTake, type Obstacle } from './refusals.ts'
import type { Taking } from './take.ts'
import { duration, holder } from './wording.ts'

type Attempt = { readonly host: string; readonly state: 'taken'; readonly lease: HostLease } | Obstacle

/** So young a lease, in seconds, may be given back by a run that could not get all of its own. */
const YOUNG = 15

/** How long such a run is waited for. Milliseconds. */
const PATIENCE = 5000

const byHost = (a: LeaseTarget, b: LeaseTarget): number => (a.host < b.host ? -1 : 1)

const isYoung = ({ lease, now }: Taking): boolean => lease !== undefined && now - Date.parse(lease.since) / 1000 < YOUNG

/** Another run may be in the same situation: it has what this one lacks, and lacks what this one has. */
const mayBeMutual = (attempts: readonly Attempt[]): boolean =>
  new Set(attempts.map(({ state }) => state)).size === 2 &&
  attempts.every(one => one.state === 'taken' || (one.state === 'held' && isYoung(one.by)))

/** The leases of one run: taken all or none, kept alive, checked in front of its commands, released. */
export class Leases {
  readonly #owner: LeaseOwner
  readonly #options: LeaseOptions
  readonly #own = new Map<string, HostLease>()
  #last: Promise<unknown> = Promise.resolve()

  constructor(owner: LeaseOwner, options: LeaseOptions) {
    if (!runId.safeParse(owner.run).success) throw new Error(`${JSON.stringify(owner.run)} cannot be a run's id`)
    if (!Number.isInteger(options.seconds) || options.seconds < 1)
      throw new Error('a lease is whole seconds, at least one')
    this.#owner = { process: randomBytes(8).toString('hex'), ...owner }
    this.#options = options
  }

  /**
   * Takes the leases of all these hosts, or of none; those that this run has it keeps. Throws one Refusal for everything that is
   * in the way, or a ConnectionError where hosts could not be reached and nothing else is wrong.
   */
  takeAll(targets: readonly LeaseTarget[]): Promise<void> {
    const taking = this.#last.then(() => this.#takeAll(targets))
    this.#last = taking.catch(() => {})
    return taking
  }

  /** The same, for a host of which it is only now known that it will be changed. */
  take(target: LeaseTarget): Promise<void> {
    return this.takeAll([target])
  }

  /** As far as this run knows. */
  has(host: string): boolean {
    const lease = this.#own.get(host)
    return lease !== undefined && lease.over === undefined
  }

  /**
   * The command, made so that the host refuses it (`isLeaseLost`) when the lease there is not this run's any more. Throws the
   * Refusal when that is known already.
   */
  fence(host: string, command: Command): Command {
    const lease = this.#own.get(host)
    if (!lease) throw new Error(`no lease was taken on ${host}`)
    return lease.fence(command)
  }

  /** Gives all up, side by side. Never throws: what cannot be released runs out by itself, and is said. */
  async release(): Promise<void> {
    await this.#last
    const leases = [...this.#own.values()]
    this.#own.clear()
    await Promise.all(leases.map(lease => this.#release(lease)))
  }

  async #release(lease: HostLease): Promise<void> {
    if (lease.over) return
    const { seconds, send } = this.#options
    const { host } = lease.target
    const why = await lease.release()
    if (lease.over) return
    if (why === undefined) send({ type: 'lease', host, state: 'released', counter: lease.counter })
    else
      send({ type: 'notice', host, text: `the lease was not released, and runs out in ${duration(seconds)}: ${why}` })
  }

  async #takeAll(targets: readonly LeaseTarget[]): Promise<void> {
    for (const { host } of targets) {
      const over = this.#own.get(host)?.over
      if (over) throw over
    }
    const missing = [...new Map(targets.map(one => [one.host, one])).values()].filter(one => !this.#own.has(one.host))
    let attempts: readonly Attempt[] = await Promise.all(missing.map(one => this.#try(one)))
    if (mayBeMutual(attempts)) {
      await giveBack(attempts)
      attempts = await this.#inOrder([...missing].sort(byHost), attempts)
    }
    const obstacles = attempts.filter(one => one.state !== 'taken')
    if (obstacles.length > 0) {
      await giveBack(attempts)
      throw cannotTake(obstacles, this.#owner)
    }
    const leases = attempts.flatMap(one => (one.state === 'taken' ? one.lease : []))
    const over = leases.find(lease => lease.over)?.over
    if (over) {
      await giveBack(attempts)
      throw over
    }
    for (const lease of leases) this.#add(lease)
  }

  /**
   * One by one in the order of names. Who waits for a host has only hosts before it, so of runs that stand in each other's way
   * one gets through.
   */
  async #inOrder(targets: readonly LeaseTarget[], before: readonly Attempt[]): Promise<readonly Attempt[]> {
    const patience = performance.now() + PATIENCE
    const attempts = new Map<string, Attempt>()
    for (const target of targets) {
      let attempt = await this.#try(target)
      while (attempt.state === 'held' && isYoung(attempt.by) && performance.now() < patience) {
        await sleep(50 + Math.random() * 200)
        attempt = await this.#try(target)
      }
      attempts.set(target.host, attempt)
      if (attempt.state !== 'taken') {
        // What was in the way before is said too, though it may not be by now.
        const others = before.filter(({ host, state }) => state !== 'taken' && !attempts.has(host))
        return [...attempts.values(), ...others]
      }
    }
    return [...attempts.values()]
  }

  async #try(target: LeaseTarget): Promise<Attempt> {
    const { host } = target
    try {
      const got = await HostLease.take(target, this.#owner, this.#options)
      return got instanceof HostLease ? { host, state: 'taken', lease: got } : { host, state: 'held', by: got }
    } catch (error) {
      return { host, state: 'failed', error }
    }
  }

  #add(lease: HostLease): void {
    const { send } = this.#options
    const { host } = lease.target
    const { lease: before, now } = lease.before
    this.#own.set(host, lease)
    send({ type: 'lease', host, state: 'taken', counter: lease.counter })
    if (before?.state !== 'held' || before.run === this.#owner.run) return
    const ago = duration(now - before.expires)
    send({ type: 'notice', host, text: `took over the lease of ${holder(before)}, which ran out ${ago} ago` })
  }
}

const giveBack = async (attempts: readonly Attempt[]): Promise<void> => {
  await Promise.all(attempts.map(one => (one.state === 'taken' ? one.lease.release() : undefined)))
}
