import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { z } from 'zod'
import { change, claim } from '../../lib/changes/change.ts'
import { sh } from '../../lib/command.ts'
import { block } from '../../lib/dsl/item.ts'
import { defineTask, type Task } from '../../lib/dsl/task.ts'
import { handlerDigest } from '../../lib/engine/step.ts'
import { Refusal } from '../../lib/errors.ts'
import { content } from '../../lib/facts/content.ts'
import { diskSpace } from '../../lib/facts/disk-space.ts'
import { Past } from '../../lib/journal/earlier.ts'
import { command } from '../../lib/tasks/command.ts'
import { file } from '../../lib/tasks/file.ts'
import { line } from '../../lib/tasks/line.ts'
import { runCommand } from '../../lib/tasks/run-command.ts'
import { scratch } from '../helpers/scratch.ts'
import { applyPlan, planOf } from './saved.ts'

const texts = (folder: string) =>
  Object.fromEntries(readdirSync(folder).map(name => [name, readFileSync(join(folder, name), 'utf8')]))

const two = (t: ExecutionContext) => {
  const [a, b] = [scratch(t), scratch(t)]
  const folder = { h1: a, h2: b } as const
  const plays = [
    [
      'g',
      ({ host }: { host: { name: string } }) => {
        const at = folder[host.name as 'h1' | 'h2']
        return [file({ path: join(at, 'one'), content: 'one\n' }), line({ path: join(at, 'conf'), line: 'x = 1' })]
      },
    ],
  ] as const
  for (const at of [a, b]) writeFileSync(join(at, 'conf'), 'y = 2\n')
  return { a, b, plays, options: { hosts: ['h1', 'h2'] } }
}

test('applied exactly, with the facts that each change makes true said beforehand', async t => {
  const { a, b, plays, options } = two(t)
  const plan = await planOf(plays, options)
  t.is(plan.checked.summary.exitCode, 0)
  t.deepEqual(
    plan.steps.map(({ host, state }) => `${host} ${state}`),
    ['h1 change', 'h1 change', 'h2 change', 'h2 change'],
  )
  const [write] = plan.steps[0]!.changes
  t.deepEqual(write!.makes[0], {
    fact: `path ${join(a, 'one')}`,
    expected: `type file, mode 0644${write!.makes[0]!.expected.slice('type file, mode 0644'.length)}`,
  })
  t.regex(write!.makes[2]!.expected, /^content 4 bytes, [0-9a-f]{8}$/)
  t.false(existsSync(join(a, 'one')))
  const run = await applyPlan(plan, plays, options)
  t.is(run.summary.exitCode, 0, run.refused)
  for (const at of [a, b]) t.deepEqual(texts(at), { one: 'one\n', conf: 'y = 2\nx = 1\n' })
  const again = await applyPlan(plan, plays, options)
  t.is(again.summary.exitCode, 5, 'what is done is not what was planned')
})

test('one byte on one host: refused as a whole, naming host, fact, then and now, and nothing is written on either', async t => {
  const { a, b, plays, options } = two(t)
  const plan = await planOf(plays, options)
  writeFileSync(join(b, 'conf'), 'y = 3\n')
  const run = await applyPlan(plan, plays, options)
  t.is(run.summary.exitCode, 5)
  const [, reason = '', ...more] = run.refused.split('\n')
  const [, then, now] =
    /^ {2}h2: content \S+\/conf was content 6 bytes, (\w{8}); now it is content 6 bytes, (\w{8})$/.exec(reason) ?? []
  t.truthy(then, run.refused)
  t.not(then, now)
  t.deepEqual(more, [])
  t.deepEqual([texts(a), texts(b)], [{ conf: 'y = 2\n' }, { conf: 'y = 3\n' }])
})

test('a plan with nothing to do: applied, and refused where there is something now', async t => {
  const { a, plays, options } = two(t)
  await applyPlan(await planOf(plays, options), plays, options)
  const plan = await planOf(plays, { ...options, expectNoChanges: true })
  t.true(plan.steps.every(({ state }) => state === 'ok'))
  t.is((await applyPlan(plan, plays, options)).summary.exitCode, 0)
  rmSync(join(a, 'one'))
  const run = await applyPlan(plan, plays, options)
  t.is(run.summary.exitCode, 5)
  t.regex(run.refused, /h1: digest \S+\/one was content \w{8}; now it is absent/)
  t.false(existsSync(join(a, 'one')))
})

test('what was read for a diff alone binds nothing, and what is not asked either', async t => {
  const folder = scratch(t)
  const at = join(folder, 'one')
  writeFileSync(at, 'old\n')
  const plan = await planOf([['g', [file({ path: at, content: 'one\n' })]]])
  t.deepEqual(
    plan.facts.map(({ fact }) => fact.split(' ')[0]),
    ['digest', 'path', 'path'],
  )
})

const later = (folder: string) => [
  command({ argv: ['sh', '-c', `echo made >${folder}/made`], creates: join(folder, 'made') }),
  line({ path: join(folder, 'made'), line: 'more' }),
  file({ path: join(folder, 'last'), content: 'last\n' }),
]

test('what is unknown stays so, and is planned when it is reached', async t => {
  const folder = scratch(t)
  const plays = [['g', later(folder)]] as const
  const plan = await planOf(plays)
  t.deepEqual(
    plan.steps.map(({ state }) => state),
    ['change', 'unknown', 'unknown'],
  )
  t.regex(plan.steps[1]!.because!, /is not known before/)
  t.deepEqual(plan.steps[0]!.changes[0]!.unsettles?.length, 1)
  const run = await applyPlan(plan, plays)
  t.is(run.summary.exitCode, 0, run.refused)
  t.deepEqual(texts(folder), { made: 'made\nmore\n', last: 'last\n' })
})

/** A file that gets its own length, which somebody changes between the plan and its turn. */
const sneaky = defineTask({
  name: 'sneaky',
  params: z.strictObject({ path: z.string() }),
  title: () => 'sneaky',
  async plan({ path }, facts) {
    const { bytes } = await facts.get(content(path))
    const text = `${bytes?.toString() ?? ''}!`
    return [
      change({
        summary: `append to ${path}`,
        command: { script: sh`printf '%s' "$2" >"$1"`, args: [path, text] },
        makes: [claim(content(path), { size: text.length, bytes: Buffer.from(text) })],
      }),
    ]
  },
})

test('what comes to anything else than was announced stops, and nothing behind it runs', async t => {
  const folder = scratch(t)
  const [at, stage] = [join(folder, 'x'), join(folder, 'stage')]
  writeFileSync(at, 'x')
  // The first play's command changes what the second one is planned from, behind the engine's back.
  const plays = [
    ['g', [file({ path: stage, content: 'go\n', notify: runCommand({ argv: ['true'] }) })]],
    ['g', [sneaky({ path: at }), file({ path: join(folder, 'after'), content: '' })]],
  ] as const
  const plan = await planOf(plays)
  const announced = plan.steps.find(({ title }) => title === 'sneaky')
  t.is(announced?.state, 'unknown', 'behind a handler that may do anything')
  const known = [
    ['g', [file({ path: stage, content: 'go\n' })]],
    ['g', [sneaky({ path: at }), file({ path: join(folder, 'after'), content: '' })]],
  ] as const
  const firm = await planOf(known)
  const run = await applyPlan(firm, known, {
    // Between the verdict and its turn.
    recorder: {
      record: event => {
        if (event.type === 'sent' && event.play === 'play 1') writeFileSync(at, 'y')
      },
      durable: async () => {},
    },
  })
  t.is(run.summary.exitCode, 5)
  t.regex(
    run.errors.join(),
    /the plan announced "append to \S+" \(\w{8}\) for this task, and it has come to "append to/,
  )
  t.is(readFileSync(at, 'utf8'), 'y')
  t.false(existsSync(join(folder, 'after')))
})

const fails = (folder: string) =>
  block({
    items: [runCommand({ argv: ['sh', '-c', `test -e ${folder}/good`] })],
    rescue: [file({ path: join(folder, 'rescued'), content: 'yes\n' })],
    always: [file({ path: join(folder, 'always'), content: 'yes\n' })],
  })

for (const good of [true, false])
  test(`a block of which the task ${good ? 'works' : 'fails'}: its rescue was announced`, async t => {
    const folder = scratch(t)
    if (good) writeFileSync(join(folder, 'good'), '')
    const plays = [['g', () => [fails(folder)]]] as never
    const plan = await planOf(plays)
    const rescue = plan.steps.find(({ title }) => title.includes('rescued'))
    t.like(rescue, { state: 'unknown', because: 'it runs only if a task of its block fails' })
    const run = await applyPlan(plan, plays)
    t.is(run.summary.exitCode, 0, [run.refused, ...run.errors].join('\n'))
    t.is(existsSync(join(folder, 'rescued')), !good)
    t.true(existsSync(join(folder, 'always')))
  })

test('a block with nothing to do announces no rescue', async t => {
  const folder = scratch(t)
  writeFileSync(join(folder, 'a'), '')
  const plan = await planOf([
    ['g', () => [block({ items: [command({ argv: ['true'], creates: join(folder, 'a') })], rescue: later(folder) })]],
  ] as never)
  t.deepEqual(
    plan.steps.map(({ state }) => state),
    ['ok'],
  )
})

test('tries: each but the first is planned anew from what the one before left', async t => {
  const folder = scratch(t)
  const at = join(folder, 'count')
  writeFileSync(at, '')
  const retries = { attempts: 3, delaySeconds: 0, until: ({ stdout }: { stdout: string }) => stdout === '!!!' }
  const grow = defineTask({
    name: 'grow',
    params: z.strictObject({}),
    title: () => 'grow',
    async plan(_, facts) {
      const { bytes } = await facts.get(content(at))
      const args = [at, `${bytes}!`]
      return [change({ summary: 'grow', command: { script: sh`printf '%s' "$2" >"$1"; cat "$1"`, args } })]
    },
  })
  const plays = [['g', [grow({ retries })]]] as const
  const plan = await planOf(plays)
  t.is(plan.steps[0]?.attempts, 3)
  const run = await applyPlan(plan, plays)
  t.is(run.summary.exitCode, 0, run.errors.join('\n'))
  t.is(readFileSync(at, 'utf8'), '!!!')
})

test('handlers, delegated tasks, tasks that run once, and those with a false condition', async t => {
  const [a, b] = [scratch(t), scratch(t)]
  const plays = [
    [
      'g',
      [
        file({ path: join(a, 'x'), content: '', delegateTo: 'h2', runOnce: 'run' }),
        file({ path: join(a, 'never'), content: '', when: false }),
      ],
    ],
    ['h1', [file({ path: join(b, 'y'), content: '', notify: runCommand({ argv: ['touch', join(b, 'handled')] }) })]],
  ] as const
  const options = { hosts: ['h1', 'h2'] }
  const plan = await planOf(plays, options)
  t.deepEqual(
    plan.steps.map(({ host, on, handler, state }) => ({ host, on, handler, state })),
    [
      { host: 'h1', on: 'h2', handler: undefined, state: 'change' },
      { host: 'h1', on: undefined, handler: undefined, state: 'change' },
      { host: 'h1', on: undefined, handler: true, state: 'change' },
    ],
  )
  t.true(plan.facts.some(({ host, fact }) => host === 'h2' && fact.endsWith('/x')))
  const run = await applyPlan(plan, plays, options)
  t.is(run.summary.exitCode, 0, run.refused)
  t.deepEqual([texts(a), texts(b)], [{ x: '' }, { y: '', handled: '' }])
})

const owes = (handler: Task<unknown>): Past =>
  new Past(
    [
      { time: 't', event: { type: 'run', run: 'r0', playbook: 'p', mode: 'apply', hosts: ['h1'], time: 't' } },
      {
        time: 't',
        event: {
          ...{ type: 'handler', host: 'h1', play: 'play 1', title: handler.title, state: 'owed' },
          task: handlerDigest(handler),
        },
      },
    ],
    { resume: false },
  )

test('what an earlier run owes here is paid, although the plan was made elsewhere, and nothing else is', async t => {
  const folder = scratch(t)
  const restart = runCommand({ argv: ['sh', '-c', `echo r >>${folder}/log`], title: 'restart' })
  const done = join(folder, 'done')
  writeFileSync(done, '')
  const plays = [
    ['g', [file({ path: done, content: '', notify: restart })]],
    ['g', [file({ path: join(folder, 'new'), content: '' }), file({ path: done, content: '' })]],
  ] as const
  const plan = await planOf(plays)
  t.deepEqual(
    plan.steps.map(({ state }) => state),
    ['ok', 'change', 'ok'],
  )
  const run = await applyPlan(plan, plays, { earlier: owes(restart) })
  t.is(run.summary.exitCode, 0, run.refused)
  t.deepEqual(texts(folder), { done: '', log: 'r\n', new: '' })
  t.true(run.events.some(e => e.type === 'notice' && e.text === '"restart" is owed by an earlier run'))
  rmSync(join(folder, 'new'))
  rmSync(done)
  const other = await applyPlan(plan, plays, { earlier: owes(restart) })
  t.is(other.summary.exitCode, 5, 'a fact moved all the same')
})

test('what was owed where the plan was made need not be owed where it is applied', async t => {
  const folder = scratch(t)
  const restart = runCommand({ argv: ['sh', '-c', `echo r >>${folder}/log`], title: 'restart' })
  const done = join(folder, 'done')
  writeFileSync(done, '')
  const plays = [['g', [file({ path: done, content: '', notify: restart })]]] as const
  const plan = await planOf(plays, { earlier: owes(restart) })
  t.true(plan.steps.some(({ handler, state }) => handler && state === 'change'))
  const run = await applyPlan(plan, plays)
  t.is(run.summary.exitCode, 0, run.refused)
  t.deepEqual(texts(folder), { done: '' })
})

test('facts of another host bind, too', async t => {
  const folder = scratch(t)
  const at = join(folder, 'theirs')
  writeFileSync(at, '1')
  const look = defineTask({
    name: 'look',
    params: z.strictObject({}),
    title: () => 'look',
    async plan(_, facts) {
      await facts.on('h2').get(content(at))
      return []
    },
  })
  const plays = [['h1', [look({})]]] as const
  const options = { hosts: ['h1', 'h2'] }
  const plan = await planOf(plays, options)
  t.deepEqual(
    plan.facts.map(({ host }) => host),
    ['h2'],
  )
  writeFileSync(at, '2')
  const run = await applyPlan(plan, plays, options)
  t.is(run.summary.exitCode, 5)
  t.regex(run.refused, /h2: content \S+ was content 1 bytes/)
})

const roomy = (moving: boolean, at: string, work: () => boolean) =>
  defineTask({
    name: 'roomy',
    params: z.strictObject({}),
    moving,
    title: () => 'roomy',
    async plan(_, facts) {
      await facts.get(diskSpace('/'))
      return work() ? [change({ summary: 'clean up', command: { script: sh`echo x >"$1"`, args: [at] } })] : []
    },
  })

for (const moving of [true, false])
  test(`a task whose plan follows what moves by itself${moving ? '' : ', and does not say so'}`, async t => {
    const at = join(scratch(t), 'cleaned')
    let full = false
    const plays = [['g', [roomy(moving, at, () => full)({})]]] as const
    const plan = await planOf(plays)
    t.is(plan.steps[0]?.moving, moving || undefined)
    full = true
    const run = await applyPlan(plan, plays)
    t.is(run.summary.exitCode, moving ? 0 : 5, run.refused)
    t.is(existsSync(at), moving)
    if (!moving) t.regex(run.refused, /"roomy" was no change; now it is "clean up"/)
  })

test('a task that cannot be planned any more is why, and not what stands behind it', async t => {
  const folder = scratch(t)
  let fine = true
  const guard = defineTask({
    name: 'guard',
    params: z.strictObject({}),
    title: () => 'guard',
    plan: () => {
      if (!fine) throw new Refusal('it is no standby')
      return []
    },
  })
  const plays = [['g', [guard({}), file({ path: join(folder, 'x'), content: '' })]]] as const
  const plan = await planOf(plays)
  fine = false
  const run = await applyPlan(plan, plays)
  t.deepEqual(run.refused.split('\n').slice(1), [
    '  h1: "guard" was no change; now it is not possible (it is no standby)',
  ])
})

test('another playbook or another inventory: refused before any connection, each by name', async t => {
  const folder = scratch(t)
  const one = (text: string, more: object = {}) => [['g', [file({ path: join(folder, 'x'), content: text, ...more })]]]
  const sources = [{ file: 'x.ts', text: 'then' }]
  const plan = await planOf(one('a') as never, {}, { sources })
  const refused = async (pattern: RegExp, plays: unknown, options = {}, about = { sources }) => {
    const error = await t.throwsAsync(applyPlan(plan, plays as never, options, about), { instanceOf: Refusal })
    t.regex(error?.message ?? '', pattern)
  }
  await refused(/play "play 1" on h1: its tasks are not what they were/, one('b'))
  await refused(/its tasks are not what they were/, one('a', { ignoreFailure: true }))
  await refused(/its tasks are not what they were/, one('a', { become: 'root' }))
  await refused(/its tasks are not what they were/, one('a', { notify: runCommand({ argv: ['true'] }) }))
  await refused(/host h2: it is new in the inventory\n {2}play "play 1" on h2: it is new in the playbook/, one('a'), {
    hosts: ['h1', 'h2'],
  })
  await refused(/host h1: it is not in the inventory any more/, one('a'), { hosts: ['h2'] })
  await refused(/x\.ts: it was edited/, one('a'), {}, { sources: [{ file: 'x.ts', text: 'now' }] })
  t.is((await applyPlan(plan, one('a') as never, {}, { sources })).summary.exitCode, 0)
})
