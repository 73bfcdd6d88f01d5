import { existsSync, readFileSync } from 'node:fs'
import test from 'ava'
import { z } from 'zod'
import { change } from '../../lib/changes/change.ts'
import { type Command, sh } from '../../lib/command.ts'
import { connect } from '../../lib/connection/connect.ts'
import type { Connection } from '../../lib/connection/connection.ts'
import { defineTask } from '../../lib/dsl/task.ts'
import { BatonError } from '../../lib/errors.ts'
import type { Event } from '../../lib/event.ts'
import { path } from '../../lib/facts/path.ts'
import { Past } from '../../lib/journal/earlier.ts'
import { runCommand } from '../../lib/tasks/run-command.ts'
import { localRun } from '../helpers/local-run.ts'
import { type Played, playHere } from '../helpers/play-here.ts'
import { scratch } from '../helpers/scratch.ts'
import { ShConnection } from '../helpers/sh-connection.ts'

const lease = { seconds: 30 }

const past = (runs: readonly Played[]) =>
  new Past(
    runs.flatMap(({ events }) => events.map((event: Event) => ({ time: new Date().toISOString(), event }))),
    { resume: true },
  )

const here = (command: Command) => localRun(command, ['sh'])

const errorsOf = ({ events }: Played): readonly string[] =>
  events.flatMap(e => (e.type === 'task' && e.state === 'ended' && e.error ? [`${e.outcome}: ${e.error.message}`] : []))

/** As long as the file is not there, whoever waits for it waits. */
const waits = sh`echo began >>"$1/log"; while [ ! -e "$1/go" ]; do sleep 0.05; done; true >"$1/done"; echo ended >>"$1/log"`

const action = (directory: string) => runCommand({ script: waits, args: [directory], title: 'long' })

const state = defineTask({
  name: 'long state',
  params: z.strictObject({ directory: z.string() }),
  title: () => 'long',
  plan: async ({ directory }, facts) => {
    if ((await facts.get(path(`${directory}/done`))).type !== 'absent') return []
    const command = { script: waits, args: [directory], timeoutMs: 120_000 }
    return [change({ summary: 'wait', command, doubts: [] })]
  },
})

for (const [kind, task] of [
  ['an action', action],
  ['a long change', (directory: string) => state({ directory })],
] as const)
  test.serial(`resumed: ${kind} that a second Ctrl-C had ended is told once, and then begun anew`, async t => {
    const directory = scratch(t)
    const id = `stopped-${kind.length}`
    const [signal, stop] = [new AbortController(), new AbortController()]
    const lines = () =>
      existsSync(`${directory}/log`) ? readFileSync(`${directory}/log`, 'utf8').split('\n').filter(Boolean) : []
    const begun = setInterval(() => {
      if (lines().length === 0) return
      signal.abort()
      stop.abort(new Error('twice'))
    }, 20)
    const options = { id, lease, connect: (host: Parameters<typeof connect>[0]) => connect(host, {}) }
    const plays = [['g', [task(directory)]]] as const
    const first = await playHere(plays, { ...options, signal: signal.signal, stop: stop.signal })
    clearInterval(begun)
    t.is(first.summary.exitCode, 130)
    t.deepEqual(lines(), ['began'])
    await here({ script: sh`true >"$1/go"`, args: [directory] })
    const second = await playHere(plays, { ...options, earlier: past([first]), resume: true })
    t.deepEqual(errorsOf(second), ['failed: it was ended before it was done'])
    t.is(second.summary.exitCode, 2)
    const third = await playHere(plays, { ...options, earlier: past([first, second]), resume: true })
    t.is(third.summary.exitCode, 0)
    t.deepEqual(lines(), ['began', 'began', 'ended'])
  })

test.serial('a host forgets its jobs when the journal has them on the disk, and not before', async t => {
  const directory = scratch(t)
  await here({ script: sh`true >"$1/go"`, args: [directory] })
  const said: string[] = []
  let full = false
  const connection = new ShConnection('h1')
  const watched: Connection = {
    host: 'h1',
    roundTrips: 0,
    batch: (commands, options) => {
      if (commands.some(({ script }) => script.includes('.forgotten-'))) said.push('forgotten')
      return connection.batch(commands, options)
    },
    close: async () => {},
  }
  const recorder = {
    record: (event: Event) => {
      if (event.type === 'task' && event.state === 'ended') said.push('ended')
    },
    durable: async () => {
      said.push('durable')
      if (full && said.includes('ended')) throw new BatonError('disk full')
    },
  }
  const go = (id: string) =>
    playHere([['g', [action(directory)]]], { id, lease, recorder, connections: { h1: watched } })
  await go('durable-1')
  t.deepEqual(said, ['durable', 'ended', 'durable', 'forgotten', 'durable'])
  said.length = 0
  full = true
  await t.throwsAsync(go('durable-2'), { message: 'disk full' })
  t.false(said.includes('forgotten'))
})

test.serial('two names of one machine share its lease, and each does its own', async t => {
  const directory = scratch(t)
  const entry = (name: string) => runCommand({ script: sh`echo "$2" >>"$1/log"`, args: [directory, name], title: name })
  const both = entry('both')
  const played = await playHere([['g', ({ host }) => [entry(host.name), both]]], {
    hosts: ['h1', 'h2'],
    id: 'names',
    lease,
  })
  t.is(played.summary.exitCode, 0)
  t.deepEqual(readFileSync(`${directory}/log`, 'utf8').split('\n').filter(Boolean).sort(), ['both', 'both', 'h1', 'h2'])
  const states = played.events.flatMap(e => (e.type === 'lease' ? [`${e.host} ${e.state}`] : []))
  t.deepEqual(states.filter(s => s.endsWith('taken')).sort(), ['h1 taken', 'h2 taken'])
  t.false(states.some(s => s.endsWith('lost')))
})

test.serial('a resumed run that ended well leaves no files of jobs that were begun before', async t => {
  const task = runCommand({ script: sh`echo printed-by-it`, title: 'prints' })
  const jobs = async () =>
    (await here({ script: sh`grep -rl printed-by-it "$BATON_STATE_DIR/jobs"; true` })).stdout.toString()
  // As if it was killed behind the first task: nothing was seen to.
  const connection = new ShConnection('h1')
  const deaf: Connection = {
    host: 'h1',
    roundTrips: 0,
    batch: async (commands, options) =>
      commands.some(({ script }) => script.includes('.forgotten-')) ? [] : connection.batch(commands, options),
    close: async () => {},
  }
  const killed = await playHere([['g', [task]]], { id: 'left', lease, connections: { h1: deaf } })
  t.regex(await jobs(), /\/left\//)
  const resumed = await playHere([['g', [task]]], { id: 'left', lease, earlier: past([killed]), resume: true })
  t.is(resumed.summary.exitCode, 0)
  t.is(await jobs(), '')
})
