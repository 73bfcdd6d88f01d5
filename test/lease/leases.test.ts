import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { sh } from '../../lib/command.ts'
import { ConnectionError, Refusal } from '../../lib/errors.ts'
import type { Event } from '../../lib/event.ts'
import { isLeaseLost } from '../../lib/lease/fence.ts'
import { type Lease, parseLease } from '../../lib/lease/lease.ts'
import { Leases } from '../../lib/lease/leases.ts'
import type { LeaseOwner } from '../../lib/lease/owner.ts'
import { scratch } from '../helpers/scratch.ts'
import { Here, owner } from './here.ts'

/** Hosts whose leases are directories of a test. */
const fleet = (t: ExecutionContext) => {
  const base = scratch(t)
  const directory = (host: string) => join(base, host, 'lease')
  return {
    directory,
    /** The highest lease of a host. */
    current: (host: string): (Lease & { readonly counter: number }) | undefined => {
      const counters = readdirSync(directory(host)).flatMap(file => /^lease\.(\d+)$/.exec(file)?.[1] ?? [])
      const counter = Math.max(...counters.map(Number))
      const lease = parseLease(readFileSync(join(directory(host), `lease.${counter}`), 'utf8'))
      return lease && { ...lease, counter }
    },
    start: (who: LeaseOwner, seconds = 60) => {
      const events: Event[] = []
      const losses: Refusal[] = []
      const connections = new Map<string, Here>()
      const at = (host: string): Here => {
        const known = connections.get(host) ?? new Here(host)
        connections.set(host, known)
        return known
      }
      const leases = new Leases(who, {
        seconds,
        connect: async host => at(host),
        send: event => events.push(event),
        lost: error => losses.push(error),
        place: host => ({ directory: directory(host) }),
      })
      t.teardown(() => leases.release())
      return { leases, events, losses, at }
    },
  }
}

const targets = (...hosts: string[]) => hosts.map(host => ({ host, as: undefined }))

/** Generous: the machine may be busy. */
const until = async (what: string, seconds: number, holds: () => boolean): Promise<void> => {
  for (const end = performance.now() + seconds * 1000; !holds(); await sleep(50))
    if (performance.now() > end) throw new Error(`never came: ${what}`)
}

/** A refusal as it looks, without what differs each time. */
const shown = ({ message, hint }: { message: string; hint?: string | undefined }): string =>
  `${message}\n---\n${hint}`
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'DAY TIME')
    .replace(/\d\d:\d\d:\d\d/g, 'TIME')
    .replace(/\b\d+ s\b/g, 'N s')

const [alice, bob] = [owner('4f2a91c3', { inventory: 'prod' }), owner('9b1c00aa', { owner: 'bob', from: 'ci-9 pid 7' })]

test('leases are taken on all hosts, in nobody else’s way once released', async t => {
  const { start, current } = fleet(t)
  const first = start(alice)
  await first.leases.takeAll(targets('h2', 'h1'))
  t.deepEqual(
    first.events.map(e => (e.type === 'lease' ? [e.host, e.state, e.counter] : e)),
    [
      ['h2', 'taken', 1],
      ['h1', 'taken', 1],
    ],
  )
  t.true(first.leases.has('h1'))
  await first.leases.release()
  t.deepEqual(
    first.events.slice(2).map(e => e.type === 'lease' && e.state),
    ['released', 'released'],
  )
  t.false(first.leases.has('h1'))
  // Neither opened a shell for leases.
  t.deepEqual(first.at('h1').channels, [undefined, undefined])
  const second = start(bob)
  await second.leases.takeAll(targets('h1', 'h2'))
  t.like(current('h1'), { run: bob.run, state: 'held', counter: 2 })
  t.true(second.events.every(({ type }) => type === 'lease'))
})

test('a lease that is had is kept', async t => {
  const { start, current } = fleet(t)
  const { leases } = start(alice)
  await Promise.all([
    leases.take(targets('h1')[0]!),
    leases.take(targets('h1')[0]!),
    leases.takeAll(targets('h1', 'h1')),
  ])
  t.is(current('h1')?.counter, 1)
})

test('where one is held, none is kept, and all that is known is said', async t => {
  const { start, current, directory } = fleet(t)
  await start(bob).leases.takeAll(targets('h2', 'h4'))
  // As of a run that began long ago: nobody waits for it.
  for (const host of ['h2', 'h4']) {
    const file = join(directory(host), 'lease.1')
    writeFileSync(file, readFileSync(file, 'utf8').replace(/since=.*/, 'since=2026-01-02T03:04:05Z'))
  }
  mkdirSync(join(directory('h5'), '..'), { recursive: true })
  writeFileSync(directory('h5'), '')
  const { leases, events, at } = start(alice)
  const error = await t.throwsAsync(leases.takeAll(targets('h1', 'h2', 'h3', 'h4', 'h5')), { instanceOf: Refusal })
  const text = shown(error)
    .replace(/\(\d+ h( \d+ min)?\)/, '(LONG)')
    .replaceAll(directory('h5'), 'DIR')
  t.regex(text, /^h5: mkdir: .*DIR.*$/m)
  t.is(
    text.replace(/^h5: .*$/m, 'h5: WHY'),
    `no lease on h2, h4, h5
h2, h4: bob, run 9b1c00aa of "Artifactory warm standby", from ci-9 pid 7, since DAY TIME UTC (LONG), until TIME (N s) unless it is renewed
h5: WHY
---
Wait for it to end. If it has died, its lease runs out by itself, in N s at most.
Who holds what: tsx run locks list -i prod
To end it, so that its commands are refused from then on: tsx run locks break -i prod --run 9b1c00aa
A lease is a small file on the host. Where none can be written (disk full, read-only), repair that first.`,
  )
  for (const host of ['h1', 'h3']) t.like(current(host), { run: alice.run, state: 'released' })
  t.like(current('h2'), { run: bob.run, state: 'held' })
  t.deepEqual(events, [])
  t.throws(() => leases.fence('h1', { script: sh`:` }))
  t.is(at('h1').channels.length, 2)
})

test('one’s own dead run is recognised, and resumed at once', async t => {
  const { start, current } = fleet(t)
  await start(alice).leases.takeAll(targets('h1'))
  const other = start(owner('77777777', { from: 'ci-7 pid 5000' }))
  const error = await t.throwsAsync(other.leases.takeAll(targets('h1')), { instanceOf: Refusal })
  t.regex(error.hint ?? '', /Is 4f2a91c3 a run of yours that has died\? --resume=4f2a91c3 goes on with it at once\./)
  const again = start(alice)
  await again.leases.takeAll(targets('h1'))
  t.like(current('h1'), { run: alice.run, counter: 2 })
  t.true(again.events.every(({ type }) => type === 'lease'))
})

test('a host that cannot be reached: no lease anywhere, and not a refusal', async t => {
  const { start, current } = fleet(t)
  const { leases, at } = start(alice)
  at('h2').lost = true
  at('h3').lost = true
  const error = await t.throwsAsync(leases.takeAll(targets('h1', 'h2', 'h3')), { instanceOf: ConnectionError })
  t.is(error.host, 'h2')
  t.regex(error.hint ?? '', /h3: the connection was lost/)
  t.is(current('h1')?.state, 'released')
})

test('a lease that ran out is taken over, which is said', async t => {
  const { start, current, directory } = fleet(t)
  await start(bob).leases.takeAll(targets('h1'))
  const file = join(directory('h1'), 'lease.1')
  writeFileSync(
    file,
    readFileSync(file, 'utf8').replace(/expires=.*/, `expires=${Math.floor(Date.now() / 1000) - 200}`),
  )
  const { leases, events } = start(alice)
  await leases.takeAll(targets('h1'))
  t.is(current('h1')?.run, alice.run)
  const [notice] = events.flatMap(e => (e.type === 'notice' ? e.text : []))
  t.regex(notice ?? '', /^took over the lease of bob, run 9b1c00aa .* which ran out 3 min ago$/)
})

test('a heartbeat keeps a short lease, by a shell of its own', async t => {
  const { start, current } = fleet(t)
  const { leases, losses, at } = start(alice, 9)
  await leases.takeAll(targets('h1'))
  const first = current('h1')?.expires ?? 0
  await until('a lease that was renewed twice', 60, () => (current('h1')?.expires ?? 0) >= first + 5)
  t.deepEqual(losses, [])
  await t.throwsAsync(start(bob).leases.takeAll(targets('h1')), { instanceOf: Refusal })
  t.true(
    at('h1')
      .channels.slice(1)
      .every(channel => channel === 'lease'),
  )
  await leases.release()
  t.is(current('h1')?.state, 'released')
})

test('taken over, a lease is lost: it is told once, and nothing more is sent', async t => {
  const { start, current } = fleet(t)
  const { leases, losses, events, at } = start(alice, 9)
  await leases.takeAll(targets('h1'))
  const fenced = leases.fence('h1', { script: sh`echo ran` })
  const resumed = start({ ...alice, from: 'ci-8 pid 1' }, 3)
  await resumed.leases.takeAll(targets('h1'))
  const [output] = await at('h1').batch([fenced])
  t.true(output && isLeaseLost(output))
  await until('the loss', 30, () => losses.length > 0)
  t.regex(losses[0]?.message ?? '', /^the lease on h1 was taken over by this run, resumed from ci-8 pid 1, at /)
  t.deepEqual(
    events.map(e => e.type === 'lease' && e.state),
    ['taken', 'lost'],
  )
  t.throws(() => leases.fence('h1', { script: sh`:` }), { is: losses[0]! })
  await t.throwsAsync(leases.take(targets('h1')[0]!), { is: losses[0]! })
  t.false(leases.has('h1'))
  await leases.release()
  t.is(losses.length, 1)
  t.like(current('h1'), { state: 'held', from: 'ci-8 pid 1', counter: 2 })
  t.is(events.length, 2)
})

test('a host that does not come back loses the lease', async t => {
  const { start } = fleet(t)
  const { leases, losses, at } = start(alice, 2)
  await leases.takeAll(targets('h1'))
  at('h1').lost = true
  await until('the loss', 60, () => losses.length > 0)
  t.regex(losses[0]?.message ?? '', /^the lease on h1 has run out: for 2 s it could not be renewed \(.*\)$/)
})

test('a release that fails is said, and never thrown', async t => {
  const { start } = fleet(t)
  const { leases, events, at } = start(alice)
  await leases.takeAll(targets('h1', 'h2'))
  at('h1').lost = true
  await leases.release()
  t.deepEqual(
    events
      .slice(2)
      .map(e => (e.type === 'notice' ? e.text : e.type === 'lease' && e.state))
      .sort(),
    ['released', 'the lease was not released, and runs out in 60 s: the connection was lost'],
  )
})

test('a lease whose file somebody removed is lost', async t => {
  const { start, directory } = fleet(t)
  const { leases, losses } = start(alice, 9)
  await leases.takeAll(targets('h1'))
  rmSync(join(directory('h1'), 'lease.1'))
  await until('the loss', 30, () => losses.length > 0)
  t.regex(losses[0]?.message ?? '', /is gone: its file was removed/)
})

test('a run’s id must be one that stands in files and on command lines', t => {
  for (const run of ['', 'a b', "a'b", '../x', 'a\nb'])
    t.throws(() => new Leases(owner(run), { seconds: 1, connect: () => Promise.reject(), send() {}, lost() {} }))
})
