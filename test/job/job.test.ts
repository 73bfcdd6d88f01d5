import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import { type Command, sh } from '../../lib/command.ts'
import { BatonError } from '../../lib/errors.ts'
import { asJob, canBeJob } from '../../lib/job/job.ts'
import { JOB_ABSENT, JOB_VANISHED, jobEnd } from '../../lib/job/job-end.ts'
import { Secret } from '../../lib/secret.ts'
import { eventually, type JobHost, jobHost, runs, shells } from './here.ts'

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
const id = { run: 'run-1', name: 'a' }

const end = async (host: JobHost, job: Command, env?: NodeJS.ProcessEnv) => jobEnd(job, await host.run(job, env))
const lines = (file: string): number => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0)

test('a name is one directory, and nothing else', t => {
  const command = { script: sh`true` }
  for (const name of ['', '.', '..', 'a/b', 'A', 'a b', 'a\n', '*', 'x'.repeat(65)]) {
    t.throws(() => asJob(command, { run: 'r', name }), { instanceOf: BatonError })
    t.throws(() => asJob(command, { run: name, name: 'n' }), { instanceOf: BatonError })
  }
  t.notThrows(() => asJob(command, { run: '0-9a-z', name: 'x'.repeat(64) }))
})

test('streamed content cannot be a job', t => {
  t.true(canBeJob({ script: sh`cat` }))
  t.true(canBeJob({ script: sh`cat`, stdin: 'x\n'.repeat(32 * 1024 - 1) }))
  t.true(canBeJob({ script: sh`cat`, stdin: Secret.document('x') }))
  t.false(canBeJob({ script: sh`cat`, stdin: 'x'.repeat(64 * 1024 + 1) }))
  t.throws(() => asJob({ script: sh`cat`, stdin: { bytes: 1, open: () => process.stdin } }, id), {
    instanceOf: BatonError,
  })
  t.false(canBeJob({ script: sh`cat`, stdin: { bytes: 1, open: () => process.stdin } }))
})

for (const shell of shells) {
  test(`${shell.name}: output, code, arguments and stdin are those of the command, and again when it is asked again`, async t => {
    const host = await jobHost(t, shell)
    const args = ["it's", '', '-n', '$HOME `id` \\', 'two\nlines', 'ä€\u0001', '*']
    const commands: Command[] = [
      { script: sh`printf '%s\\0' "$#" "$@"; pwd; umask; echo err >&2; exit 75`, args },
      { script: sh`cat; printf x`, stdin: everyByte },
      { script: sh`cat; echo $?`, stdin: '' },
      { script: sh`cat; echo $?` },
      { script: sh`head -c 1`, stdin: 'x'.repeat(60_000) },
      { script: sh`set -e; false; echo not reached` },
      { script: sh`trap 'echo bye; exit 9' EXIT; exit 3` },
      { script: sh`if ( ; '` },
      { script: sh`kill -9 "$(exec sh -c 'echo $PPID')"` },
      { script: sh`(sleep 0.2; echo late) & echo early; wait` },
    ]
    for (const [index, command] of commands.entries()) {
      const bare = await host.run(command)
      const job = asJob(command, { run: 'run-1', name: `n${index}` })
      for (const time of ['first', 'again']) {
        const { type, output } = await end(host, job)
        t.is(type, 'ended', `${index} ${time}`)
        t.is(output.code, bare.code, `${index} ${time}`)
        t.deepEqual(output.stdout, bare.stdout, `${index} ${time}`)
        // What a shell says of a text that is none, or of a child that was killed, is its own.
        if (index !== 7 && index !== 8) t.deepEqual(output.stderr, bare.stderr, `${index} ${time}`)
        t.is(output.droppedBytes, 0)
      }
    }
  })

  test(`${shell.name}: it survives its shell, runs once, and whoever asks again gets all of it`, async t => {
    const host = await jobHost(t, shell)
    const job = asJob(
      { script: sh`echo began >>home/count; echo one; until [ -e home/go ]; do sleep 0.1; done; echo two >&2; exit 4` },
      id,
    )
    const first = host.ask(job)
    await eventually(() => existsSync(join(host.home, 'count')))
    process.kill(-(first.shell.pid ?? 0), 'SIGKILL')
    t.is(await first.output, undefined)
    const asked = Promise.all([end(host, job), end(host, job)])
    writeFileSync(join(host.home, 'go'), '')
    const both = await asked
    for (const { type, output } of both) {
      t.is(type, 'ended')
      t.is(output.code, 4)
      t.is(output.stdout.toString(), 'one\n')
      t.is(output.stderr.toString(), 'two\n')
    }
    t.is(lines(join(host.home, 'count')), 1)
  })

  test(`${shell.name}: of many who ask for it at once, one begins it`, async t => {
    const host = await jobHost(t, shell)
    const ends = await Promise.all(
      Array.from({ length: 6 }, (_, i) =>
        end(
          host,
          asJob({ script: sh`echo began >>home/count; cat; exit 3`, stdin: 'same' }, { ...id, run: `r${i % 2}` }),
        ),
      ),
    )
    for (const { type, output } of ends)
      t.like({ type, ...output }, { type: 'ended', code: 3, stdout: Buffer.from('same') })
    t.is(lines(join(host.home, 'count')), 2)
  })

  test(`${shell.name}: its deadline ends all that came of it, whoever is looking`, async t => {
    const host = await jobHost(t, shell)
    const script = sh`
      echo early
      sh -c 'trap "" TERM; echo $$ >home/stubborn; while :; do sleep 0.1; done' &
      setsid sh -c 'trap "" TERM; echo $$ >home/apart; while :; do sleep 0.1; done' &
      sleep 60`
    const job = asJob({ script, timeoutMs: 2000 }, id)
    const { type, output } = await end(host, job)
    t.is(type, 'deadline')
    t.is(output.code, 124)
    t.is(output.stdout.toString(), 'early\n')
    for (const name of ['stubborn', 'apart']) t.false(runs(Number(readFileSync(join(host.home, name), 'utf8'))), name)
    t.is((await end(host, job)).type, 'deadline')
  })

  test(`${shell.name}: whose processes are killed has vanished, and is not begun again`, async t => {
    const host = await jobHost(t, shell)
    const job = asJob({ script: sh`echo began >>home/count; echo $$; sleep 60` }, id)
    const first = host.ask(job)
    await eventually(() => existsSync(join(host.home, 'count')))
    const directory = join(host.jobs, 'run-1/a')
    const supervisor = Number(readFileSync(join(directory, 'id'), 'utf8').split(' ')[1])
    process.kill(supervisor, 'SIGKILL')
    const again = host.ask(job)
    process.kill(Number(readFileSync(join(directory, 'command'), 'utf8').split(' ')[0]), 'SIGKILL')
    for (const output of [await first.output, await again.output, await host.run(job)]) {
      t.truthy(output)
      const { type, output: seen } = jobEnd(job, output!)
      t.is(type, 'vanished')
      t.is(seen.code, JOB_VANISHED)
      t.is(seen.stderr.length, 0)
    }
    t.is(lines(join(host.home, 'count')), 1)
  })

  test(`${shell.name}: a command that prints without end is neither stopped nor kept`, async t => {
    const host = await jobHost(t, shell)
    const script = sh`
      head -c 3000000 /dev/zero | tr '\\0' a
      until [ "$(wc -c <"$1")" -eq 1000 ]; do sleep 0.1; done
      head -c 3000000 /dev/zero | tr '\\0' b
      echo end >&2`
    const job = asJob({ script, args: [join(host.jobs, 'run-1/a/out')], keepBytes: 1000 }, id)
    let dropped = 0
    for (const time of ['first', 'again']) {
      const { type, output } = await end(host, job)
      t.is(type, 'ended', time)
      t.is(output.stdout.toString(), 'a'.repeat(1000))
      t.is(output.stderr.toString(), 'end\n')
      // What was written while it was cut is not counted; whoever asks is told the same.
      t.true(output.droppedBytes > 2_000_000 && output.droppedBytes <= 6_000_000 - 1000, `${output.droppedBytes}`)
      t.true(time === 'first' || output.droppedBytes === dropped)
      dropped = output.droppedBytes
    }
    t.is(readFileSync(join(host.jobs, 'run-1/a/out')).length, 1000)
  })
}

test('the boot is not the same: it has vanished, though a process of that number runs', async t => {
  const host = await jobHost(t)
  const job = asJob({ script: sh`echo began >>home/count; sleep 60` }, id)
  const first = host.ask(job)
  await eventually(() => existsSync(join(host.home, 'count')))
  const file = join(host.jobs, 'run-1/a/id')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(/^\S+/, '0b00-0b00.7'))
  t.is((await end(host, job)).type, 'vanished')
  writeFileSync(file, text.replace(/^(\S+ \S+) \d+/, '$1 1'))
  writeFileSync(join(host.jobs, 'run-1/a/command'), `${process.pid} 1\n`)
  t.is((await end(host, job)).type, 'vanished')
  process.kill(Number(text.split(' ')[1]), 'SIGKILL')
  await first.output
})

test('input of which only a part has come is not taken for all of it', async t => {
  const host = await jobHost(t)
  const job = asJob({ script: sh`cat >home/content`, stdin: 'half\\.and half' }, id)
  const whole = (job.stdin as Secret).reveal()
  for (let bytes = 0; bytes < whole.length; bytes++) {
    const cut = { ...job, stdin: whole.slice(0, bytes) }
    t.is(jobEnd(cut, await host.run(cut)).type, 'not-begun', `${bytes}`)
    t.false(existsSync(join(host.home, 'content')))
  }
  t.is((await end(host, job)).type, 'ended')
  t.is(readFileSync(join(host.home, 'content'), 'utf8'), 'half\\.and half')
})

test('without setsid(1) it works as well, as long as nobody ends the group of the session', async t => {
  const host = await jobHost(t, shells[0])
  for (const program of ['cat', 'dd', 'head', 'ls', 'mkdir', 'rm', 'sleep', 'tail'])
    symlinkSync(`/bin/${program}`, join(host.bin, program))
  const env = { PATH: host.bin }
  t.not((await host.run({ script: sh`command -v setsid` }, env)).code, 0)
  const job = asJob(
    { script: sh`cat; echo began >>home/count; until [ -e home/go ]; do sleep 0.1; done; exit 4`, stdin: 'in' },
    id,
  )
  const first = host.ask(job, env)
  await eventually(() => existsSync(join(host.home, 'count')))
  first.shell.kill('SIGKILL')
  writeFileSync(join(host.home, 'go'), '')
  const { type, output } = await end(host, job, env)
  t.like({ type, ...output }, { type: 'ended', code: 4, stdout: Buffer.from('in') })
  t.is(lines(join(host.home, 'count')), 1)

  const slow = asJob({ script: sh`sleep 60 & echo $! >home/pid; sleep 60`, timeoutMs: 2000 }, { ...id, name: 'slow' })
  t.is((await end(host, slow, env)).type, 'deadline')
  t.false(runs(Number(readFileSync(join(host.home, 'pid'), 'utf8'))))
})

test('to attach only never begins', async t => {
  const host = await jobHost(t)
  const command = { script: sh`echo ran >>home/count` }
  const only = asJob(command, { ...id, attachOnly: true })
  const absent = await end(host, only)
  t.is(absent.type, 'absent')
  t.is(absent.output.code, JOB_ABSENT)
  t.is((await end(host, asJob(command, id))).type, 'ended')
  t.is((await end(host, only)).type, 'ended')
  t.is(lines(join(host.home, 'count')), 1)
})
