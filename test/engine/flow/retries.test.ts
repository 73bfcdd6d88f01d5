import { readFileSync, writeFileSync } from 'node:fs'
import test from 'ava'
import { z } from 'zod'
import { change } from '../../../lib/changes/change.ts'
import { type Command, sh } from '../../../lib/command.ts'
import type { BatchOptions } from '../../../lib/connection/connection.ts'
import { defineTask } from '../../../lib/dsl/task.ts'
import type { Event } from '../../../lib/event.ts'
import { path } from '../../../lib/facts/path.ts'
import { assert } from '../../../lib/tasks/assert.ts'
import { runCommand } from '../../../lib/tasks/run-command.ts'
import { playHere } from '../../helpers/play-here.ts'
import { scratch } from '../../helpers/scratch.ts'
import { ShConnection } from '../../helpers/sh-connection.ts'
import { endOf, notebook, notices } from './notebook.ts'

const twice = { attempts: 2, delaySeconds: 0 }

/** Tells of each event as it happens. */
const told = (tell: (event: Event) => void) => ({ record: tell, durable: async () => {} })

/** Prints how often it was run. */
const counter = (dir: string, until: (stdout: string) => boolean, attempts: number) =>
  runCommand({
    script: sh`echo x >>"$1/count"; wc -l <"$1/count"`,
    args: [dir],
    title: 'count',
    retries: { attempts, delaySeconds: 0, until: ({ stdout, code }) => code === 0 && until(stdout.trim()) },
  })

test('until: tried again until what it printed is enough, and the report says how often', async t => {
  const dir = scratch(t)
  const enough = counter(dir, stdout => stdout === '3', 5)
  const played = await playHere([['g', [enough]]])
  t.like(endOf(played, 'count'), { outcome: 'changed', attempts: 3 })
  t.is(played.ends.length, 1)
  t.is(notices(played).filter(n => n.includes('"count": attempt')).length, 2)
  t.regex(notices(played)[0] ?? '', /attempt 1 of 5 failed \("until" does not hold .*\); again in 0 s/)
})

test('never enough: a failure after the last attempt, and no further one', async t => {
  const dir = scratch(t)
  const played = await playHere([['g', [counter(dir, () => false, 3)]]])
  t.like(endOf(played, 'count'), { outcome: 'failed', attempts: 3 })
  t.is(readFileSync(`${dir}/count`, 'utf8'), 'x\n'.repeat(3))
  t.is(played.summary.exitCode, 2)
})

test('what is well at once is tried once, and until is not asked of what failed by itself', async t => {
  const { note, fail, lines } = notebook(t)
  const until = ({ code }: { readonly code: number }) => code === 0 || t.fail()
  const tasks = [note('good', { retries: { ...twice, until } }), fail('bad', { retries: { ...twice, until } })]
  const played = await playHere([['g', tasks]])
  t.is(endOf(played, 'good').attempts, undefined)
  t.deepEqual(lines(), ['good', 'bad', 'bad'])
})

test('until is about the last command of a task, and about none where nothing is to be done', async t => {
  const printing = defineTask({
    name: 'printing',
    params: z.strictObject({ words: z.array(z.string()) }),
    title: () => 'printing',
    plan: ({ words }) => words.map(word => change({ summary: word, command: { script: sh`echo "$1"`, args: [word] } })),
  })
  const retries = { ...twice, until: ({ stdout }: { readonly stdout: string }) => stdout === 'last\n' }
  const played = await playHere([
    ['g', [printing({ words: ['first', 'last'], retries }), printing({ words: [], retries })]],
  ])
  t.deepEqual(played.ends, ['h1 changed printing', 'h1 ok printing'])
  t.is((await playHere([['g', [printing({ words: ['last', 'first'], retries })]]])).summary.exitCode, 2)
})

test('before each attempt the host is looked at again: what came about meanwhile is ok', async t => {
  const dir = scratch(t)
  const wants = defineTask({
    name: 'wants',
    params: z.strictObject({}),
    title: () => 'wants',
    plan: async (_, facts) =>
      (await facts.get(path(`${dir}/x`))).type === 'file'
        ? []
        : [change({ summary: 'try', command: { script: sh`exit 1` } })],
  })
  const recorder = told(e => {
    if (e.type === 'notice') writeFileSync(`${dir}/x`, '')
  })
  const played = await playHere([['g', [wants({ retries: twice })]]], { recorder })
  t.like(endOf(played, 'wants'), { outcome: 'ok', attempts: 2 })
})

test('changedWhen counts at the last attempt, too', async t => {
  const dir = scratch(t)
  const once = runCommand({
    script: sh`[ -e "$1/tried" ] || { : >"$1/tried"; exit 1; }`,
    args: [dir],
    title: 'once',
    changedWhen: () => false,
    retries: twice,
  })
  t.like(endOf(await playHere([['g', [once]]]), 'once'), { outcome: 'ok', attempts: 2 })
})

test('the pause ends with an interrupt, and what is reported is the failure that was seen', async t => {
  const { fail, lines } = notebook(t)
  const stop = new AbortController()
  const recorder = told(e => {
    if (e.type === 'notice' && e.text.includes('attempt 1')) setImmediate(() => stop.abort())
  })
  const bad = fail('bad', { retries: { attempts: 2, delaySeconds: 86_400 } })
  const played = await playHere([['g', [bad]]], { recorder, signal: stop.signal })
  t.deepEqual(played.ends, ['h1 failed bad'])
  t.deepEqual(lines(), ['bad'])
  t.is(played.summary.exitCode, 130)
})

test("a guard's no and a lost connection are not tried again", async t => {
  const { note, lines } = notebook(t)
  const guard = assert({ refusal: 'no', title: 'guard', that: async () => 'it is active', retries: twice })
  const refused = await playHere([['g', [guard]]])
  t.deepEqual(refused.ends, ['h1 failed guard'])
  t.deepEqual(notices(refused), [])
  t.is(refused.summary.exitCode, 5)

  let sent = 0
  const lostAt = (c: Command) => c.args?.includes('bad') === true && ++sent > 0
  const lost = await playHere([['g', [note('bad', { retries: twice })]]], {
    connections: { h1: new ShConnection('h1', { lostAt }) },
  })
  t.deepEqual(lost.ends, ['h1 unknown bad'])
  t.is(sent, 1)
  t.is(lost.summary.exitCode, 4)
  t.deepEqual(lines(), [])
})

test('with ignoreFailure the last failure is ignored; a handler runs once, however often it was tried', async t => {
  const { note, fail, lines } = notebook(t)
  const bad = fail('bad', { retries: twice, ignoreFailure: true, notify: note('handler') })
  const played = await playHere([['g', [bad, note('behind')]]])
  t.deepEqual(lines(), ['bad', 'bad', 'behind', 'handler'])
  t.like(endOf(played, 'bad'), { ignored: true, attempts: 2 })
})

test('a check tries nothing', async t => {
  const { note, lines } = notebook(t)
  const until = () => Boolean(t.fail())
  const played = await playHere([['g', [note('a', { retries: { ...twice, until } })]]], { mode: 'check' })
  t.deepEqual(played.ends, ['h1 changed a'])
  t.deepEqual(lines(), [])
})

test.serial('each attempt of an action that runs as a job is a job of its own', async t => {
  const dir = scratch(t)
  const played = await playHere([['g', [counter(dir, stdout => stdout === '2', 3)]]], { lease: { seconds: 60 } })
  t.like(endOf(played, 'count'), { outcome: 'changed', attempts: 2 })
})

class Watched extends ShConnection {
  readonly deadlines: (number | undefined)[] = []
  readonly users = new Map<string, string | undefined>()
  override batch(...[commands, options]: [readonly Command[], BatchOptions?]) {
    for (const { args = [], timeoutMs } of commands)
      for (const word of args)
        if (/^word-/.test(word)) {
          this.deadlines.push(timeoutMs)
          this.users.set(word, options?.as)
        }
    return super.batch(commands, options)
  }
}

test('deadlineSeconds stands above what the task itself allows, up and down', async t => {
  const { note } = notebook(t)
  const h1 = new Watched('h1')
  const tasks = [note('word-a', { deadlineSeconds: 0.5 }), note('word-b', { deadlineSeconds: 7200 }), note('word-c')]
  await playHere([['g', tasks]], { connections: { h1 } })
  t.deepEqual(h1.deadlines, [500, 7_200_000, 3_600_000])
})

test.serial('past its deadline an action is ended, and has failed', async t => {
  const slow = runCommand({ argv: ['sleep', '3600'], title: 'slow', deadlineSeconds: 1 })
  const played = await playHere([['g', [slow]]], { lease: { seconds: 60 } })
  t.like(endOf(played, 'slow'), { outcome: 'failed', error: { kind: 'failed' } })
  t.regex(endOf(played, 'slow').error?.message ?? '', /still running after 1 s, and was ended/)
})

test('become: what a task says stands above what its play says, and its handlers have their own', async t => {
  const { note } = notebook(t)
  const h1 = new Watched('h1')
  const tasks = [
    note('word-play'),
    note('word-user', { become: 'postgres', notify: note('word-handler') }),
    note('word-login', { become: false, notify: note('word-other', { become: 'git' }) }),
  ]
  await playHere([['g', tasks, { become: true }]], { connections: { h1 } })
  t.deepEqual(Object.fromEntries(h1.users), {
    'word-play': 'root',
    'word-user': 'postgres',
    'word-login': undefined,
    'word-handler': 'root',
    'word-other': 'git',
  })
})
