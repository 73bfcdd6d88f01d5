import { BatonError, ConnectionError, Refusal } from '../errors.ts'
import type { Lease } from './lease.ts'
import { type LeaseOwner, machineOf } from './owner.ts'
import type { Keeping } from './renew.ts'
import type { Taking } from './take.ts'
import { duration, holder, names, time } from './wording.ts'

/** Why a host's lease could not be had. */
export type Obstacle =
  | { readonly host: string; readonly state: 'held'; readonly by: Taking }
  | { readonly host: string; readonly state: 'failed'; readonly error: unknown }

type HeldHost = Extract<Obstacle, { state: 'held' }>

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const groupBy = <T>(items: readonly T[], key: (item: T) => string): readonly T[][] => {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return [...groups.values()]
}

const untilWhen = ({ left, now }: Taking, lease: Lease): string => {
  const until = `until ${time(now + left).slice(11)} (${duration(left)}) unless it is renewed`
  // The clock went back: what the lease itself says is not believed.
  return lease.expires > now + left ? `believed ${until}` : until
}

const heldBy = ({ by }: HeldHost): string => {
  const { lease, now } = by
  if (!lease) return `a lease that cannot be read is believed for another ${duration(by.left)}`
  const since = Date.parse(lease.since) / 1000
  return `${holder(lease)}, since ${time(since)} UTC (${duration(now - since)}), ${untilWhen(by, lease)}`
}

const rows = (obstacles: readonly Obstacle[]): readonly string[] => {
  const held = obstacles.filter(one => one.state === 'held')
  const failed = obstacles.filter(one => one.state === 'failed')
  return [
    ...groupBy(held, ({ host, by }) => by.lease?.run ?? `\n${host}`).map(
      group => `${names(group.map(({ host }) => host))}: ${heldBy(group[0]!)}`,
    ),
    ...groupBy(failed, ({ error }) => reason(error)).map(
      group => `${names(group.map(({ host }) => host))}: ${reason(group[0]!.error)}`,
    ),
  ]
}

const isMine = (lease: Lease, me: LeaseOwner): boolean =>
  lease.owner === me.owner && machineOf(lease.from) === machineOf(me.from)

const waysOut = (obstacles: readonly Obstacle[], me: LeaseOwner): readonly string[] => {
  const inventory = `-i ${me.inventory ?? 'NAME'}`
  const held = obstacles.filter(one => one.state === 'held')
  const leases = groupBy(
    held.flatMap(({ by }) => (by.lease ? [by.lease] : [])),
    ({ run }) => run,
  ).map(([lease]) => lease!)
  const left = Math.max(0, ...held.map(({ by }) => by.left))
  const lines: string[] = []
  if (held.length > 0)
    lines.push(`Wait for it to end. If it has died, its lease runs out by itself, in ${duration(left)} at most.`)
  for (const lease of leases.filter(one => isMine(one, me)))
    lines.push(`Is ${lease.run} a run of yours that has died? --resume=${lease.run} goes on with it at once.`)
  if (held.length > 0) lines.push(`Who holds what: tsx run locks list ${inventory}`)
  for (const { run } of leases.slice(0, 3))
    lines.push(
      `To end it, so that its commands are refused from then on: tsx run locks break ${inventory} --run ${run}`,
    )
  if (obstacles.some(one => one.state === 'failed' && !(one.error instanceof ConnectionError)))
    lines.push(
      'A lease is a small file on the host. Where none can be written (disk full, read-only), repair that first.',
    )
  return lines
}

/**
 * What stands in the way of all leases, in one error: a Refusal; where hosts could not be reached and nothing else is wrong, the
 * first one's ConnectionError, which names the others.
 */
export const cannotTake = (obstacles: readonly Obstacle[], me: LeaseOwner): BatonError => {
  const all = [...obstacles].sort((a, b) => (a.host < b.host ? -1 : 1))
  const bug = all.find(one => one.state === 'failed' && !(one.error instanceof BatonError))
  if (bug?.state === 'failed') throw bug.error
  const unreachable = all.flatMap(one =>
    one.state === 'failed' && one.error instanceof ConnectionError ? one.error : [],
  )
  const [first, ...others] = unreachable
  if (first && unreachable.length === all.length) {
    if (others.length === 0) return first
    const hint = others.map(error => `${error.host}: ${error.message}`)
    return new ConnectionError(first.host, first.reason, first.message, {
      cause: first,
      hint: [...(first.hint ? [first.hint] : []), 'Nor could be reached:', ...hint].join('\n'),
    })
  }
  return new Refusal([`no lease on ${names(all.map(({ host }) => host))}`, ...rows(all)].join('\n'), {
    hint: waysOut(all, me).join('\n'),
  })
}

const FENCED = 'Commands of this run that had not begun there are refused by the host; one that ran goes on to its end.'

/** A lease that this run had is over before its time. */
export const lostLease = (host: string, why: Keeping | Error, seconds: number, me: LeaseOwner): Refusal => {
  const inventory = `-i ${me.inventory ?? 'NAME'}`
  if (why instanceof Error)
    return new Refusal(
      `the lease on ${host} has run out: for ${duration(seconds)} it could not be renewed (${why.message})`,
      {
        hint: `${FENCED}\nWhen the host answers again: --resume=${me.run}`,
        cause: why,
      },
    )
  const { lease } = why
  const what = !lease
    ? 'is gone: its file was removed on the host'
    : lease.state === 'broken'
      ? `was broken by ${lease.owner || 'somebody'}, from ${lease.from}, at ${time(lease.since)} UTC`
      : lease.run === me.run
        ? `was taken over by this run, resumed from ${lease.from}, at ${time(lease.since)} UTC`
        : `was taken over by ${holder(lease)}, at ${time(lease.since)} UTC`
  return new Refusal(`the lease on ${host} ${what}`, {
    hint: `${FENCED}\nWho holds what: tsx run locks list ${inventory}`,
  })
}
