import { arch, cpus, release, totalmem, type as typeOf, uptime } from 'node:os'
import test from 'ava'
import { cpu } from '../../lib/facts/cpu.ts'
import type { Fact } from '../../lib/facts/fact.ts'
import { kernel } from '../../lib/facts/kernel.ts'
import { memory } from '../../lib/facts/memory.ts'
import { mounts } from '../../lib/facts/mounts.ts'
import { time } from '../../lib/facts/time.ts'
import { localFacts } from '../helpers/local-run.ts'
import { output } from '../helpers/output.ts'

const answerOf = <A>(fact: Fact<A>, text: string): A => fact.kind.parse(output(text), [null])[0]!

test('kernel', t => {
  // Written after what Debian 12 prints.
  t.deepEqual(answerOf(kernel, 'Linux 6.1.0-28-amd64 #1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22) x86_64\n'), {
    name: 'Linux',
    release: '6.1.0-28-amd64',
    version: '#1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)',
    architecture: 'x86_64',
  })
  t.throws(() => answerOf(kernel, 'Linux\n'), { message: /^cannot tell the kernel/ })
})

// Written after a captured one, with two sockets; a Raspberry Pi does not tell its cores.
const amd = `4
model name\t: AMD EPYC
physical id\t: 0
core id\t\t: 0
model name\t: AMD EPYC
physical id\t: 0
core id\t\t: 0
model name\t: AMD EPYC
physical id\t: 1
core id\t\t: 0
model name\t: AMD EPYC
physical id\t: 1
core id\t\t: 0
`

test('cpu', t => {
  t.deepEqual(answerOf(cpu, amd), { logical: 4, cores: 2, sockets: 2, model: 'AMD EPYC' })
  t.deepEqual(answerOf(cpu, '4\nModel\t\t: Raspberry Pi 4 Model B Rev 1.4\n'), {
    logical: 4,
    model: 'Raspberry Pi 4 Model B Rev 1.4',
  })
  t.deepEqual(answerOf(cpu, '2\n'), { logical: 2, model: undefined })
  for (const text of ['', 'two\n', '0\n']) t.throws(() => answerOf(cpu, text), { message: /^cannot tell the cpu/ })
})

// Captured on Debian 12, shortened, with swap.
const meminfo = `MemTotal:       24684084 kB
MemFree:        23196608 kB
MemAvailable:   23609416 kB
SwapTotal:       1048576 kB
SwapFree:        1048572 kB
HugePages_Total:       0
`

test('memory', t => {
  t.deepEqual(answerOf(memory, meminfo), {
    totalBytes: 24684084 * 1024,
    availableBytes: 23609416 * 1024,
    freeBytes: 23196608 * 1024,
    swapTotalBytes: 1024 ** 3,
    swapFreeBytes: 1048572 * 1024,
  })
  t.throws(() => answerOf(memory, meminfo.replace('MemTotal', 'MemTotel')), { message: /totalBytes/ })
  t.throws(() => answerOf(memory, meminfo.replace('24684084 kB', '-1 kB')), { message: /totalBytes/ })
})

test('time', t => {
  t.deepEqual(answerOf(time, '1795385160 +0100\n13026.92\n/usr/share/zoneinfo/Europe/Berlin\nEurope/Berlin\n'), {
    now: '2026-11-22T22:06:00Z',
    zone: 'Europe/Berlin',
    offsetMinutes: 60,
    uptimeSeconds: 13026,
  })
  t.like(answerOf(time, '1795385160 -0330\n7.00\n/etc/localtime\nAmerica/St_Johns\n'), {
    offsetMinutes: -210,
    zone: 'America/St_Johns',
  })
  t.like(answerOf(time, '1795385160 +0000\n7.00\n\n'), { zone: undefined, offsetMinutes: 0 })
  for (const text of ['yesterday +0000\n7.00\n\n', '1795385160 +0000\nlong\n\n', '1795385160 UTC\n7.00\n\n'])
    t.throws(() => answerOf(time, text), { message: /^cannot tell the time/ })
})

test('mounts', t => {
  const text = `25 1 254:0 / / rw,relatime - ext4 /dev/vda rw
30 25 0:24 / /mnt/my\\040share rw - nfs4 nas:/export rw
`
  const answer = answerOf(mounts, text)
  t.deepEqual(
    answer.mounts.map(({ at, source, type }) => [at, source, type]),
    [
      ['/', '/dev/vda', 'ext4'],
      ['/mnt/my share', 'nas:/export', 'nfs4'],
    ],
  )
  t.deepEqual(mounts.kind.show?.(answer, null), { '/': '/dev/vda (ext4)', '/mnt/my share': 'nas:/export (nfs4)' })
})

test('of what moves by itself a plan is bound to the rest', t => {
  const gigabyte = 1024 ** 3
  const free = { totalBytes: gigabyte, availableBytes: 7, freeBytes: 5, swapTotalBytes: 0, swapFreeBytes: 0 }
  t.deepEqual(memory.kind.stable?.(free), { totalBytes: gigabyte, swapTotalBytes: 0 })
  const now = { now: '2026-11-22T22:06:00Z', zone: 'Europe/Berlin', offsetMinutes: 60, uptimeSeconds: 3 }
  t.deepEqual(time.kind.stable?.(now), { zone: 'Europe/Berlin' })
  for (const { kind } of [cpu, kernel, mounts]) t.is(kind.stable, undefined)
})

for (const shell of ['dash', 'bash'])
  test(`this machine, ${shell}`, async t => {
    const facts = localFacts([shell])
    t.like(await facts.get(kernel), { name: typeOf(), release: release() })
    if (arch() === 'x64') t.is((await facts.get(kernel)).architecture, 'x86_64')
    t.is((await facts.get(cpu)).logical, cpus().length)
    t.is((await facts.get(memory)).totalBytes, totalmem())
    t.true((await facts.get(mounts)).mounts.some(({ at }) => at === '/'))
    const { now, uptimeSeconds } = await facts.get(time)
    t.true(Math.abs(Date.parse(now) - Date.now()) < 60_000)
    t.true(Math.abs(uptimeSeconds - uptime()) < 60)
  })
