import { randomBytes } from 'node:crypto'
import type { Connection } from '../connection/connection.ts'
import { ConnectionError, FactError } from '../errors.ts'
import type { Answer } from '../lease/answer.ts'
import { breakLease, parseBroken } from '../lease/break.ts'
import { type LeasePlace, SYSTEM } from '../lease/host-script.ts'
import type { Lease } from '../lease/lease.ts'
import { lookAtLeases, parseLook } from '../lease/look.ts'
import { leaseOwner } from '../lease/owner.ts'
import { maskSecrets } from '../secret.ts'

/** A lease of a host as it is seen, or what became of it. */
export interface Seen {
  /** `free`: released or broken. `unreadable`: there is one, and it makes no sense. */
  readonly state: 'held' | 'run out' | 'free' | 'unreadable'
  readonly counter: number
  readonly directory: string
  /** Seconds until it runs out, or, below 0, since it did. */
  readonly left: number
  /** The host's clock, in seconds since 1970. */
  readonly now: number
  readonly lease: Lease | undefined
}

/** What one host said. */
export interface HostLocks {
  readonly host: string
  readonly leases: readonly Seen[]
  /** Of `break`: the counters that ended the run's leases. */
  readonly broken: readonly number[]
  readonly problem?: {
    readonly kind: 'unreachable' | 'failed' | 'changed'
    readonly message: string
    readonly hint?: string
  }
}

const seen = ({ counter, directory, now, lease }: Answer): Seen => {
  const about = { counter, directory, now, lease }
  if (!lease) return { ...about, state: 'unreadable', left: 0 }
  if (lease.state !== 'held') return { ...about, state: 'free', left: 0 }
  // One that reaches further than it is long is believed for no longer: the host's clock went back.
  const left = Math.min(lease.expires - now, lease.ttl)
  return { ...about, state: left > 0 ? 'held' : 'run out', left }
}

interface Work {
  /** Who looks; undefined: the login user. */
  readonly as: string | undefined
  /** The run whose leases are ended; undefined: none is. */
  readonly breaks: string | undefined
  readonly place: LeasePlace | undefined
}

const look = async (connection: Connection, { as, place }: Work): Promise<readonly Seen[]> => {
  const outputs = await connection.batch(lookAtLeases(place), as === undefined ? {} : { as })
  return outputs.flatMap(output => {
    const answer = parseLook(output)
    return answer ? [seen(answer)] : []
  })
}

/** Root's leases are root's to break; the others are the login user's. The new counter; undefined: it is another one by now. */
const end = async (connection: Connection, { directory, counter, lease }: Seen): Promise<number | undefined> => {
  if (!lease) return undefined
  const owner = leaseOwner(lease.run, lease.playbook)
  const command = breakLease({ owner, directory, counter, nonce: randomBytes(8).toString('hex') })
  const [output] = await connection.batch([command], directory === SYSTEM ? { as: 'root' } : {})
  if (!output) throw new FactError('the script for leases did not run')
  const answer = parseBroken(output)
  return answer.word === 'broken' ? answer.counter : undefined
}

const problemOf = (error: unknown): NonNullable<HostLocks['problem']> => {
  const hint = error instanceof ConnectionError && error.hint !== undefined ? { hint: maskSecrets(error.hint) } : {}
  if (!(error instanceof ConnectionError || error instanceof FactError)) throw error
  const kind = error instanceof ConnectionError ? 'unreachable' : 'failed'
  return { kind, message: maskSecrets(error.message), ...hint }
}

/** Connects, looks, breaks what it is told to, and closes. Throws nothing that is about the host: that is its answer. */
export const locksOn = async (host: string, connect: () => Promise<Connection>, work: Work): Promise<HostLocks> => {
  let connection: Connection | undefined
  let leases: readonly Seen[] = []
  const broken: number[] = []
  try {
    connection = await connect()
    leases = await look(connection, work)
    for (const one of leases) {
      if (one.lease?.run !== work.breaks || one.lease?.state !== 'held') continue
      const counter = await end(connection, one)
      if (counter === undefined)
        return {
          host,
          leases,
          broken,
          problem: { kind: 'changed', message: 'the lease is another one by now: nothing was done' },
        }
      broken.push(counter)
    }
    return { host, leases, broken }
  } catch (error) {
    return { host, leases, broken, problem: problemOf(error) }
  } finally {
    await connection?.close().catch(() => {})
  }
}
