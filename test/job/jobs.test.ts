import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  chownSync,
  existsSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { type Output, sh } from '../../lib/command.ts'
import { FactError } from '../../lib/errors.ts'
import { endJobs } from '../../lib/job/end-jobs.ts'
import { forgetJobs } from '../../lib/job/forget-jobs.ts'
import { asJob } from '../../lib/job/job.ts'
import { jobEnd } from '../../lib/job/job-end.ts'
import { parseJobs } from '../../lib/job/jobs.ts'
import { listJobs } from '../../lib/job/list-jobs.ts'
import { isRoot } from '../helpers/me.ts'
import { eventually, type JobHost, jobHost, runs, shells } from './here.ts'

const list = async (host: JobHost) => parseJobs(await host.run(listJobs()))
const said = (stdout: string, code = 0): Output => ({
  code,
  stdout: Buffer.from(stdout),
  stderr: Buffer.from('why'),
  droppedBytes: 0,
  durationMs: 0,
})

test('what a host says of its jobs is believed in one form only', t => {
  const head = 'host 0b00-1.4 1700000000\n'
  t.deepEqual(parseJobs(said(head)), { boot: '0b00-1.4', jobs: [] })
  t.deepEqual(parseJobs(said(`${head}job r-1 a ended 12 1699999999 7 exit\njob r-1 b vanished - - - -\n`)).jobs, [
    { run: 'r-1', name: 'a', state: 'ended', pid: 12, since: 1699999999, code: 7, why: 'exit' },
    { run: 'r-1', name: 'b', state: 'vanished' },
  ])
  for (const text of [
    '',
    'job r a ended 1 1 1 exit\n',
    `${head}job ../r a ended 1 1 1 exit\n`,
    `${head}job r a done 1 1 1 exit\n`,
    `${head}job r a ended 1 1 1 exit x\n`,
    `${head}job r a ended 0x1 1 1 exit\n`,
    `${head}\n`,
  ])
    t.throws(() => parseJobs(said(text)), { instanceOf: FactError }, text)
  t.throws(() => parseJobs(said(head, 1)), { instanceOf: FactError, message: /why/ })
})

for (const shell of shells) {
  test(`${shell.name}: jobs are listed, ended and forgotten`, async t => {
    const host = await jobHost(t, shell)
    t.deepEqual((await list(host)).jobs, [])
    const quick = asJob({ script: sh`exit 7` }, { run: 'r-1', name: 'quick' })
    const slow = asJob(
      { script: sh`trap '' TERM; echo said; setsid sleep 60 & echo $! >home/pid; sleep 60; sleep 60` },
      { run: 'r-2', name: 'slow' },
    )
    const gone = asJob(
      { script: sh`read -r boot supervisor rest <home/.local/state/baton/jobs/r-3/gone/id; kill -9 "$supervisor"` },
      { run: 'r-3', name: 'gone' },
    )
    await host.run(quick)
    const following = host.ask(slow)
    await eventually(() => existsSync(join(host.home, 'pid')))

    const { boot, jobs } = await list(host)
    t.regex(boot, /^[0-9a-f-]{36}\.\d+$/)
    t.like(jobs[0], { run: 'r-1', name: 'quick', state: 'ended', code: 7, why: 'exit' })
    t.like(jobs[1], { run: 'r-2', name: 'slow', state: 'running' })
    t.is(jobs.length, 2)
    t.true(runs(jobs[1]?.pid ?? 0))
    const now = Date.now() / 1000
    t.true(jobs.every(job => job.since !== undefined && job.since > now - 100 && job.since < now + 2))

    t.like(parseJobs(await host.run(forgetJobs('r-2'))).jobs, [{ state: 'running' }])
    t.deepEqual(parseJobs(await host.run(forgetJobs('r-1'))).jobs, [])
    t.false(existsSync(join(host.jobs, 'r-1')))
    t.deepEqual(parseJobs(await host.run(endJobs('r-1'))).jobs, [])
    t.true(runs(jobs[1]?.pid ?? 0))

    t.like(parseJobs(await host.run(endJobs('r-2'))).jobs, [{ state: 'ended', why: 'end' }])
    t.false(runs(jobs[1]?.pid ?? 0))
    t.false(runs(Number(readFileSync(join(host.home, 'pid'), 'utf8'))))
    const output = await following.output
    const stopped = jobEnd(slow, output!)
    t.is(stopped.type, 'stopped')
    t.is(stopped.output.stdout.toString(), 'said\n')
    t.is(jobEnd(slow, await host.run(slow)).type, 'stopped')

    await host.run(gone)
    t.deepEqual(parseJobs(await host.run(forgetJobs('r-2'))).jobs, [])
    t.like((await list(host)).jobs, [{ run: 'r-3', state: 'vanished' }])
    t.deepEqual(readdirSync(host.jobs), ['r-3'])
  })
}

test('what has had nothing to say for 14 days is swept, what runs is not', async t => {
  const host = await jobHost(t)
  const old = (path: string): void => {
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isDirectory()) old(join(path, entry.name))
      else lutimesSync(join(path, entry.name), 1, 1)
    lutimesSync(path, 1, 1)
  }
  for (const run of ['ancient', 'recent']) await host.run(asJob({ script: sh`true` }, { run, name: 'a' }))
  const slow = host.ask(asJob({ script: sh`sleep 60` }, { run: 'slow', name: 'a' }))
  await eventually(() => existsSync(join(host.jobs, 'slow/a/command')))
  for (const run of ['ancient', 'recent', 'slow']) old(join(host.jobs, run))
  lutimesSync(join(host.jobs, 'recent/a/code'), new Date(), new Date())
  await host.run(forgetJobs('other'))
  t.deepEqual(readdirSync(host.jobs).sort(), ['recent', 'slow'])
  await host.run(endJobs('slow'))
  await slow.output
})

test('a command that was forbidden before it began does not begin', async t => {
  const host = await jobHost(t)
  const job = asJob({ script: sh`echo ran >home/ran` }, { run: 'r', name: 'a' })
  // As endJobs leaves it when it comes between the directory and the command.
  await host.run({ script: sh`umask 077; mkdir -p "$1/r/a"`, args: [host.jobs] })
  await host.run(endJobs('r'))
  const { type, output } = jobEnd(job, await host.run(job))
  t.is(type, 'stopped')
  t.is(output.code, 143)
  t.false(existsSync(join(host.home, 'ran')))
})

const spare = '/var/tmp/baton-65534'
const asNobody = isRoot && !existsSync(spare) ? test.serial : test.serial.skip

asNobody(
  'a user without a home of his own has his jobs in /var/tmp, and nobody else has them there for him',
  async t => {
    const host = await jobHost(t)
    t.teardown(() => rmSync(spare, { recursive: true, force: true }))
    const elsewhere = join(host.base, 'elsewhere')
    mkdirSync(elsewhere)
    chownSync(elsewhere, 65_534, 65_534)
    mkdirSync(join(host.home, 'state/baton'), { recursive: true })
    symlinkSync(elsewhere, join(host.home, 'state/baton/jobs'))
    const job = asJob({ script: sh`echo ran >>home/ran` }, { run: 'r', name: 'a' })
    const run = async () => jobEnd(job, await host.run(job, { XDG_STATE_HOME: join(host.home, 'state') }))
    const ran = (): number => (existsSync(join(host.home, 'ran')) ? statSync(join(host.home, 'ran')).size : 0)

    // Planted: a directory of somebody else, then a link to one of his own.
    mkdirSync(spare)
    chmodSync(spare, 0o777)
    t.is((await run()).type, 'not-begun')
    rmSync(spare, { recursive: true })
    symlinkSync(elsewhere, spare)
    t.is((await run()).type, 'not-begun')
    rmSync(spare)
    t.is(ran(), 0)

    t.is((await run()).type, 'ended')
    t.is(statSync(spare).mode & 0o777, 0o700)
    t.is((await run()).type, 'ended')
    t.is(ran(), 4)
    t.deepEqual(readdirSync(elsewhere), [])
  },
)

const full = isRoot ? test.serial : test.serial.skip

full('a full disk: nothing begins, and what runs can still say how it ended', async t => {
  const host = await jobHost(t)
  const disk = join(host.base, 'disk')
  mkdirSync(disk)
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=128k,mode=777', 'none', disk])
  t.teardown(() => execFileSync('umount', [disk]))
  const env = { XDG_STATE_HOME: disk }
  const job = asJob(
    { script: sh`echo ran >>home/ran; until [ -e home/go ]; do sleep 0.05; done; echo out; exit 9` },
    { run: 'r', name: 'a' },
  )
  const asked = host.ask(job, env)
  await eventually(() => existsSync(join(host.home, 'ran')))
  t.throws(() => writeFileSync(join(disk, 'fill'), Buffer.alloc(200_000)), { code: 'ENOSPC' })
  writeFileSync(join(host.home, 'go'), '')
  const { type, output } = jobEnd(job, (await asked.output)!)
  t.is(type, 'ended')
  t.is(output.code, 9)

  rmSync(spare, { recursive: true, force: true })
  mkdirSync(spare)
  t.teardown(() => rmSync(spare, { recursive: true, force: true }))
  const other = asJob({ script: sh`echo ran >>home/ran` }, { run: 'r', name: 'b' })
  t.is(jobEnd(other, await host.run(other, env)).type, 'not-begun')
  t.is(readFileSync(join(host.home, 'ran'), 'utf8'), 'ran\n')
  rmSync(join(disk, 'fill'))
  t.is(jobEnd(other, await host.run(other, env)).type, 'ended')
  t.is(readFileSync(join(host.home, 'ran'), 'utf8'), 'ran\nran\n')
})
