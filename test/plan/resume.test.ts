import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import type { Event } from '../../lib/event.ts'
import { Past } from '../../lib/journal/earlier.ts'
import { file } from '../../lib/tasks/file.ts'
import { runCommand } from '../../lib/tasks/run-command.ts'
import { scratch } from '../helpers/scratch.ts'
import { applyPlan, planOf } from './saved.ts'

const past = (events: readonly Event[]) =>
  new Past(
    events.map(event => ({ time: '2026-01-01T00:00:00.000Z', event })),
    { resume: true },
  )

/** Two hosts; the first play stops on the first of them. */
const stopped = async (t: Parameters<typeof scratch>[0]) => {
  const [a, b] = [scratch(t), scratch(t)]
  const plays = [
    [
      'h1',
      [file({ path: join(a, 'one'), content: 'one\n' }), runCommand({ argv: ['test', '-e', join(a, 'allowed')] })],
    ],
    ['h2', [file({ path: join(b, 'two'), content: 'two\n' })]],
  ] as const
  const options = { hosts: ['h1', 'h2'] }
  const plan = await planOf(plays, options)
  const first = await applyPlan(plan, plays, options)
  t.is(first.summary.exitCode, 2)
  t.true(existsSync(join(a, 'one')))
  const earlier = past(first.events)
  const resume = () => applyPlan(plan, plays, { ...options, earlier, resume: true }, { progress: earlier })
  return { a, b, plan, plays, options, resume }
}

test('what the run has done counts as announced, and the rest is done as it was announced', async t => {
  const { a, b, plan, plays, options, resume } = await stopped(t)
  writeFileSync(join(a, 'allowed'), '')
  t.is((await applyPlan(plan, plays, options)).summary.exitCode, 5, 'without --resume it is another state')
  const run = await resume()
  t.is(run.summary.exitCode, 0, run.refused)
  t.is(readFileSync(join(b, 'two'), 'utf8'), 'two\n')
})

test('a host that the run has not touched must be as it was', async t => {
  const { a, b, resume } = await stopped(t)
  writeFileSync(join(a, 'allowed'), '')
  writeFileSync(join(b, 'two'), 'else\n')
  const run = await resume()
  t.is(run.summary.exitCode, 5)
  t.regex(run.refused, /nothing more was changed:\n {2}h2: digest \S+\/two was absent; now it is content \w{8}/)
  t.is(readFileSync(join(b, 'two'), 'utf8'), 'else\n')
})
