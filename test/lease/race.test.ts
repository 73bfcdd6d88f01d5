import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { Leases } from '../../lib/lease/leases.ts'
import { parseKeeping, releaseLease, renewLease } from '../../lib/lease/renew.ts'
import { parseTaking, takeLease } from '../../lib/lease/take.ts'
import { localRun } from '../helpers/local-run.ts'
import { scratch } from '../helpers/scratch.ts'
import { Here, owner, shells } from './here.ts'

/** Programs that do what they do, with something before and after it: first in the PATH of a shell. */
const programs = (t: ExecutionContext, wrapped: Readonly<Record<string, string>>): string => {
  const folder = join(scratch(t), 'bin')
  mkdirSync(folder)
  for (const [name, script] of Object.entries(wrapped))
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  return `PATH=${folder}:/usr/local/bin:/usr/bin:/bin`
}

const dawdle = `n=$(od -An -N1 -tu1 /dev/urandom); sleep "0.0$((n % 6))"`
const slow = (name: string): string => `${dawdle}\n/usr/bin/${name} "$@"\ncode=$?\n${dawdle}\nexit $code`

for (const { name, shell } of shells)
  test(`${name}: of many who take at once, in any interleaving, one has it`, async t => {
    t.timeout(120_000)
    const path = programs(t, { ln: slow('ln'), date: slow('date'), rm: slow('rm') })
    const directory = join(scratch(t), 'lease')
    for (let round = 1; round <= 8; round++) {
      const takings = await Promise.all(
        Array.from({ length: 5 }, async (_, i) => {
          const writer = { owner: owner(`r${round}-${i}`), seconds: 60, nonce: `${round}x${i}`, place: { directory } }
          return { writer, taking: parseTaking(await localRun(takeLease(writer), ['env', path, ...shell])) }
        }),
      )
      const winners = takings.filter(({ taking }) => taking.word === 'taken')
      t.is(winners.length, 1)
      const { writer, taking } = winners[0]!
      t.is(taking.counter, 2 * round - 1)
      for (const { taking: other } of takings) if (other.word === 'held') t.is(other.lease?.run, writer.owner.run)
      // The next round finds one that has run out in the very moment: all are allowed to take it.
      const again = takeLease({ ...writer, seconds: 0, nonce: 'z' })
      t.is(parseTaking(await localRun(again, shell)).counter, 2 * round)
    }
    t.deepEqual(readdirSync(directory), ['lease.15', 'lease.16'])
  })

test('of two users who take at once, each in a place of its own, never both have it', async t => {
  t.timeout(120_000)
  const path = programs(t, { ln: slow('ln'), date: slow('date') })
  const base = scratch(t)
  const [one, two] = [join(base, 'one'), join(base, 'two')]
  for (let round = 0; round < 12; round++) {
    const takings = await Promise.all(
      [
        { directory: one, beside: two },
        { directory: two, beside: one },
      ].map(async (place, i) => {
        const writer = { owner: owner(`r${round}-${i}`), seconds: 60, nonce: `${round}x${i}`, place }
        const taking = parseTaking(await localRun(takeLease(writer), ['env', path, 'dash']))
        return { taking, writer }
      }),
    )
    const winners = takings.filter(({ taking }) => taking.word === 'taken')
    t.true(winners.length <= 1)
    for (const { taking, writer } of winners)
      t.is(parseKeeping(await localRun(releaseLease({ ...writer, counter: taking.counter }), ['dash'])).word, 'kept')
  }
})

test('one who was stopped before his link, while three others came and went, does not get a number from the past', async t => {
  const base = scratch(t)
  const directory = join(base, 'lease')
  const writer = (id: string, seconds = 60) => ({ owner: owner(id), seconds, nonce: id, place: { directory } })
  const take = async (id: string, seconds?: number) =>
    parseTaking(await localRun(takeLease(writer(id, seconds)), ['dash']))
  await take('first', 0)
  const wait = `[ -e ${base}/go ] || { : >${base}/stopped; until [ -e ${base}/go ]; do sleep 0.02; done; }`
  const path = programs(t, { ln: `${wait}\nexec /usr/bin/ln "$@"` })
  const late = localRun(takeLease(writer('late')), ['env', path, 'dash'])
  while (!existsSync(join(base, 'stopped'))) await sleep(20)
  // The file that he is about to link is removed by those who come: he is given it back, as if he had not written it yet.
  const [mine] = readdirSync(directory).filter(file => file.startsWith('.new'))
  const text = readFileSync(join(directory, mine ?? ''))
  for (const id of ['x', 'y', 'z']) await take(id, 0)
  await take('holder')
  t.deepEqual(readdirSync(directory), ['lease.4', 'lease.5'])
  writeFileSync(join(directory, mine ?? ''), text)
  writeFileSync(join(base, 'go'), '')
  t.like(parseTaking(await late), { word: 'held', counter: 5 })
  t.deepEqual(readdirSync(directory), ['lease.4', 'lease.5'])
})

/** What one who was killed leaves: his lease, and at most a file that no other needs. */
for (const [moment, wrapped, taken] of [
  ['before the link', { ln: 'kill -9 $PPID' }, 0],
  ['after the link', { ln: '/usr/bin/ln "$@"; kill -9 $PPID' }, 1],
  ['before the sync', { sync: 'kill -9 $PPID' }, 1],
  ['before cleaning up', { rm: 'kill -9 $PPID' }, 1],
] as const)
  test(`killed ${moment}: a whole lease that runs out, or none`, async t => {
    const directory = join(scratch(t), 'lease')
    const place = { directory }
    const path = programs(t, wrapped)
    const victim = { owner: owner('victim'), seconds: 0, nonce: 'v', place }
    const killed = await localRun(takeLease(victim), ['env', path, 'dash'])
    t.is(killed.code, 128)
    const other = { owner: owner('other'), seconds: 60, nonce: 'o', place }
    const taking = parseTaking(await localRun(takeLease(other), ['dash']))
    t.like(taking, { word: 'taken', counter: taken + 1 })
    t.is(taking.lease?.run, taken ? 'victim' : undefined)
    t.deepEqual(readdirSync(directory), taken ? ['lease.1', 'lease.2'] : ['lease.1'])
  })

test('killed in a renewal: the old lease or the new one', async t => {
  for (const mv of ['kill -9 $PPID', '/usr/bin/mv "$@"; kill -9 $PPID']) {
    const directory = join(scratch(t), 'lease')
    const writer = { owner: owner('a'), seconds: 60, nonce: 'a', place: { directory } }
    await localRun(takeLease(writer), ['dash'])
    const kept = { ...writer, counter: 1 }
    t.is((await localRun(renewLease(kept), ['env', programs(t, { mv }), 'dash'])).code, 128)
    const held = parseTaking(await localRun(takeLease({ ...writer, owner: owner('b'), nonce: 'b' }), ['dash']))
    t.like(held, { word: 'held', counter: 1 })
    t.is(parseKeeping(await localRun(renewLease(kept), ['dash'])).word, 'kept')
  }
})

test('of two runs that want the same hosts at once, one gets them all', async t => {
  t.timeout(120_000)
  const base = scratch(t)
  const hosts = ['h1', 'h2', 'h3']
  const run = (id: string) =>
    new Leases(owner(id), {
      seconds: 60,
      connect: async host => {
        await sleep(Math.random() * 30)
        return new Here(host)
      },
      send: () => {},
      lost: error => t.fail(error.message),
      place: host => ({ directory: join(base, host) }),
    })
  for (let round = 0; round < 3; round++) {
    const both = [run(`a${round}`), run(`b${round}`)]
    const shuffled = () => [...hosts].sort(() => Math.random() - 0.5).map(host => ({ host, as: undefined }))
    // The first to get through holds on until the other has given up.
    const ended = await Promise.allSettled(both.map(leases => leases.takeAll(shuffled())))
    t.is(ended.filter(({ status }) => status === 'fulfilled').length, 1)
    await Promise.all(both.map(leases => leases.release()))
  }
})
