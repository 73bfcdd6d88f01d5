/**
 * Random programs, killed followers: whoever asks again has all of the output and the code, and the program ran once. Where
 * its supervisor is killed too, it has ended or vanished, and ran once at most.
 * BATON_JOB_RUNS: how many programs a shell (with BATON_SEED=random: new ones).
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import test from 'ava'
import fc from 'fast-check'
import { type Command, sh } from '../../lib/command.ts'
import { asJob } from '../../lib/job/job.ts'
import { jobEnd } from '../../lib/job/job-end.ts'
import { type Asked, jobHost, shells } from './here.ts'

const numRuns = Number(process.env.BATON_JOB_RUNS ?? 12)

type Step =
  | { readonly type: 'out' | 'err'; readonly bytes: Uint8Array; readonly times: number }
  | { readonly type: 'sleep'; readonly ms: number }

const bytes = fc.uint8Array({ minLength: 1, maxLength: 200 })
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constantFrom('out' as const, 'err' as const), bytes, times: fc.constantFrom(1, 1, 3, 500) }),
  fc.record({ type: fc.constant('sleep' as const), ms: fc.integer({ min: 0, max: 60 }) }),
)
const program = fc.record({
  steps: fc.array(step, { maxLength: 8 }),
  code: fc.integer({ min: 0, max: 255 }),
  stdin: fc.option(fc.uint8Array({ maxLength: 13_000 }), { nil: undefined }),
})

/** Who is killed: the shell that follows, the shell that it was started by, both and all with them, gently as a runner does. */
const kinds = ['follower', 'shell', 'group', 'group TERM', 'supervisor'] as const
const kills = fc.array(fc.record({ kind: fc.constantFrom(...kinds), ms: fc.integer({ min: 0, max: 150 }) }), {
  maxLength: 3,
})

const octal = (text: Uint8Array): string => [...text].map(byte => `\\0${byte.toString(8).padStart(3, '0')}`).join('')

const script = sh`
  echo began >>home/count
  code=$1
  shift
  cat
  while [ $# -gt 0 ]; do
    case $1 in
      sleep) sleep "$2" ;;
      out) i=0; while [ "$i" -lt "$3" ]; do printf %b "$2"; i=$((i + 1)); done ;;
      err) i=0; while [ "$i" -lt "$3" ]; do printf %b "$2"; i=$((i + 1)); done >&2 ;;
    esac
    shift 3
  done
  exit "$code"`

const commandOf = ({
  steps,
  code,
  stdin,
}: {
  steps: readonly Step[]
  code: number
  stdin: Uint8Array | undefined
}) => ({
  script,
  args: [
    String(code),
    ...steps.flatMap(each =>
      each.type === 'sleep'
        ? ['sleep', (each.ms / 1000).toFixed(3), '']
        : [each.type, octal(each.bytes), String(each.times)],
    ),
  ],
  ...(stdin && { stdin }),
})

const printed = (steps: readonly Step[], type: 'out' | 'err'): Buffer =>
  Buffer.concat(
    steps.flatMap(each => (each.type === type ? Array<Buffer>(each.times).fill(Buffer.from(each.bytes)) : [])),
  )

const send = (pid: number, signal: 'SIGKILL' | 'SIGTERM'): void => {
  try {
    process.kill(pid, signal)
  } catch {
    // It has ended.
  }
}

const supervisor = (job: string): number | undefined => {
  try {
    const pid = Number(readFileSync(join(job, 'id'), 'utf8').split(' ')[1])
    // By now the number may be somebody else's.
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(job) ? pid : undefined
  } catch {
    return undefined
  }
}

const kill = ({ shell, followers }: Asked, kind: (typeof kinds)[number], job: string): void => {
  const pid = shell.pid ?? 0
  const leader = kind === 'supervisor' ? supervisor(job) : undefined
  if (leader) send(leader, 'SIGKILL')
  if (kind === 'follower') for (const follower of followers()) send(follower, 'SIGKILL')
  else if (kind === 'shell') send(pid, 'SIGKILL')
  else send(-pid, kind === 'group' ? 'SIGKILL' : 'SIGTERM')
}

for (const shell of shells)
  test(`${shell.name}: killed anywhere, asked again`, async t => {
    const host = await jobHost(t, shell)
    let count = 0
    await fc.assert(
      fc.asyncProperty(program, kills, async (what, events) => {
        const id = { run: 'r', name: `n${++count}` }
        const command: Command = commandOf(what)
        const before = readCount(host.home)
        for (const { kind, ms } of events) {
          const asked = host.ask(asJob(command, id))
          await setTimeout(ms)
          kill(asked, kind, join(host.jobs, id.run, id.name))
          send(-(asked.shell.pid ?? 0), 'SIGTERM')
          await asked.output
        }
        const job = asJob(command, id)
        const { type, output } = jobEnd(job, await host.run(job))
        if (type === 'vanished' && events.some(({ kind }) => kind === 'supervisor')) {
          t.true(readCount(host.home) <= before + 1)
          return
        }
        t.is(type, 'ended')
        t.is(output.code, what.code)
        const stdin = Buffer.from(what.stdin ?? [])
        t.true(output.stdout.equals(Buffer.concat([stdin, printed(what.steps, 'out')])), 'stdout')
        t.true(output.stderr.equals(printed(what.steps, 'err')), 'stderr')
        t.is(readCount(host.home), before + 1)
      }),
      { numRuns },
    )
  })

function readCount(home: string): number {
  try {
    return readFileSync(join(home, 'count'), 'utf8').length / 'began\n'.length
  } catch {
    return 0
  }
}
