import { writeFileSync } from 'node:fs'
import test from 'ava'
import { z } from 'zod'
import { type CommandOutcome, sh } from '../../../lib/command.ts'
import { defineTask } from '../../../lib/dsl/task.ts'
import type { When } from '../../../lib/dsl/task-options.ts'
import { path } from '../../../lib/facts/path.ts'
import { command } from '../../../lib/tasks/command.ts'
import { file } from '../../../lib/tasks/file.ts'
import { runCommand } from '../../../lib/tasks/run-command.ts'
import { playHere } from '../../helpers/play-here.ts'
import { me, scratch } from '../../helpers/scratch.ts'
import { endOf, notebook } from './notebook.ts'

const check = { mode: 'check' } as const
const is = (stdout: string) => (outcome: CommandOutcome) => outcome.stdout === stdout

test('failedWhen decides alone: a code of 3 is no failure, and a code of 0 may be one', async t => {
  const { note, fail, lines } = notebook(t)
  const tasks = [
    fail('a', { failedWhen: ({ code }) => code !== 3 }),
    note('b', { failedWhen: is('b') }),
    note('behind'),
  ]
  const played = await playHere([['g', tasks]])
  t.deepEqual(played.ends, ['h1 changed a', 'h1 failed b', 'h1 skipped behind'])
  t.deepEqual(lines(), ['a', 'b'])
  t.like(endOf(played, 'b').error, { kind: 'failed', code: 0, stdout: 'b' })
  t.regex(endOf(played, 'b').error?.hint ?? '', /failedWhen/)
})

test('what is behind a command that is judged waits for the verdict, however short both are', async t => {
  const { note, lines } = notebook(t)
  const tasks = [note('a', { timeoutSeconds: 30, failedWhen: () => true }), note('b', { timeoutSeconds: 30 })]
  t.deepEqual((await playHere([['g', tasks]])).ends, ['h1 failed a', 'h1 skipped b'])
  t.deepEqual(lines(), ['a'])
})

test('changedWhen: what found nothing to do is ok and notifies nobody; another code than 0 still is a failure', async t => {
  const { note, fail, lines } = notebook(t)
  const handler = note('handler')
  const tasks = [
    note('idle', { changedWhen: is('busy'), notify: handler }),
    note('busy', { changedWhen: is('busy') }),
    fail('bad', { changedWhen: () => false }),
  ]
  const played = await playHere([['g', tasks]])
  t.deepEqual(played.ends, ['h1 ok idle', 'h1 changed busy', 'h1 failed bad'])
  t.deepEqual(lines(), ['idle', 'busy', 'bad'])
  const quiet = await playHere([['g', [note('idle', { changedWhen: () => false, notify: handler })]]])
  t.deepEqual(quiet.ends, ['h1 ok idle'])
  t.false(quiet.events.some(e => e.type === 'handler' && e.state === 'paid'))
})

test('in check mode conditions on what a command gives are not asked: it would run', async t => {
  const { note, lines } = notebook(t)
  const never = () => t.fail()
  const tasks = [note('a', { failedWhen: () => Boolean(never()), changedWhen: () => Boolean(never()) })]
  t.deepEqual((await playHere([['g', tasks]], check)).ends, ['h1 changed a'])
  t.deepEqual(lines(), [])
})

test('a condition that throws, or gives no answer, is a failure of its task, with what it gave', async t => {
  const { note } = notebook(t)
  const bug = () => {
    throw new TypeError('x is undefined')
  }
  const thrown = await playHere([['g', [note('a', { failedWhen: bug })]]])
  t.like(endOf(thrown, 'a'), { outcome: 'failed', error: { kind: 'failed' } })
  t.regex(endOf(thrown, 'a').error?.message ?? '', /conditions\.test\.ts:\d+:\d+: TypeError: x is undefined$/)
  const promised = (async () => false) as unknown as () => boolean
  const unclear = await playHere([['g', [note('a', { changedWhen: promised })]]])
  t.like(endOf(unclear, 'a'), { outcome: 'failed', error: { kind: 'failed' } })
  t.regex(endOf(unclear, 'a').error?.message ?? '', /changedWhen gave a promise/)
  const until = await playHere([['g', [note('a', { retries: { attempts: 2, delaySeconds: 0, until: bug } })]]])
  t.like(endOf(until, 'a'), { outcome: 'failed', error: { kind: 'failed' } })
})

test('an action hands on its code as well, where failedWhen lets it', async t => {
  const { fail, note } = notebook(t)
  const looked = fail('look', { failedWhen: ({ code }) => code > 3, changedWhen: () => false })
  const act = note('act', { when: facts => facts.value(looked.value).code === 3 })
  t.deepEqual((await playHere([['g', [looked, act]]])).ends, ['h1 ok look', 'h1 changed act'])
})

test('command: with failedWhen its promise is read back, whatever the code was', async t => {
  const dir = scratch(t)
  const make = (script: ReturnType<typeof sh>) =>
    command({ script, args: [dir], creates: `${dir}/made`, title: 'make', failedWhen: ({ code }) => code === 9 })
  const lie = await playHere([['g', [make(sh`exit 4`)]]])
  t.is(lie.summary.exitCode, 2)
  t.regex(endOf(lie, 'make').error?.message ?? '', /is not what "run .*" should have made it/)
  const kept = await playHere([['g', [make(sh`: >"$1/made"; exit 4`)]]])
  t.deepEqual(kept.ends, ['h1 changed make'])
  t.deepEqual((await playHere([['g', [make(sh`exit 9`)]]])).ends, ['h1 ok make'])
})

test('two commands that differ in a condition only are two', t => {
  const argv: [string] = ['true']
  const one = runCommand({ argv, failedWhen: ({ code }) => code > 1 })
  t.not(one.identity, runCommand({ argv, failedWhen: ({ code }) => code > 2 }).identity)
  t.is(one.identity, runCommand({ argv, failedWhen: ({ code }) => code > 1 }).identity)
})

test('when: false is skipped, in a run and in a check, and what is behind it goes on', async t => {
  const { note, lines } = notebook(t)
  const tasks = [note('a', { when: false }), note('b', { when: true }), note('c', { when: () => false })]
  const ends = ['h1 skipped a', 'h1 changed b', 'h1 skipped c']
  t.deepEqual([...(await playHere([['g', tasks]], check)).ends].sort(), [...ends].sort())
  const played = await playHere([['g', tasks]])
  t.deepEqual([...played.ends].sort(), [...ends].sort())
  t.is(endOf(played, 'c').reason, 'its condition is false')
  t.deepEqual(lines(), ['b'])
})

test('when asks facts as the tasks before it leave the host; a check knows what they will make of it', async t => {
  const { note, lines, directory } = notebook(t)
  const there = async (name: string, wanted: 'file' | 'absent') =>
    note(`${name} ${wanted}`, { when: async facts => (await facts.get(path(`${directory}/${name}`))).type === wanted })
  const make = file({ path: `${directory}/x`, content: 'x', title: 'make', ...me })
  const tasks = [await there('x', 'absent'), make, await there('x', 'file'), await there('x', 'absent')]
  // A note may do anything: behind it, a check does not know.
  const quiet = [make, await there('x', 'file')]
  t.deepEqual((await playHere([['g', quiet]], check)).ends, ['h1 changed make', 'h1 changed x file'])
  await playHere([['g', tasks]])
  t.deepEqual(lines(), ['x absent', 'x file'])
})

test('when on what an earlier task hands on: unknown in a check, decided in a run', async t => {
  const { note, lines } = notebook(t)
  const look = note('look')
  const tasks = [
    look,
    note('yes', { when: facts => facts.value(look.value).stdout === 'look' }),
    note('no', { when: facts => facts.value(look.value).stdout !== 'look' }),
  ]
  const predicted = await playHere([['g', tasks]], check)
  t.deepEqual(predicted.ends, ['h1 changed look', 'h1 unknown yes', 'h1 unknown no'])
  t.deepEqual(lines(), [])
  const played = await playHere([['g', tasks]])
  t.deepEqual(played.ends, ['h1 changed look', 'h1 changed yes', 'h1 skipped no'])
  t.deepEqual(lines(), ['look', 'yes'])
})

test('a when that forgets to answer is a failure, not a no', async t => {
  const { note, lines } = notebook(t)
  const forgot = (() => undefined) as unknown as () => boolean
  const played = await playHere([['g', [note('a', { when: forgot })]]])
  t.regex(endOf(played, 'a').error?.message ?? '', /its condition gave nothing/)
  t.is(played.summary.exitCode, 2)
  t.deepEqual(lines(), [])
})

test('when is the first to be asked: a plan that needs what the condition says is there is not made', async t => {
  const dir = scratch(t)
  const plans: string[] = []
  const needs = defineTask({
    name: 'needs',
    params: z.strictObject({}),
    title: () => 'needs',
    plan: () => {
      plans.push('planned')
      throw new Error('must not be planned')
    },
  })
  const when: When = async facts => (await facts.get(path(`${dir}/x`))).type === 'file'
  t.deepEqual((await playHere([['g', [needs({ when })]]])).ends, ['h1 skipped needs'])
  t.deepEqual(plans, [])
  writeFileSync(`${dir}/x`, '')
  t.deepEqual((await playHere([['g', [needs({ when })]]])).ends, ['h1 failed needs'])
})
