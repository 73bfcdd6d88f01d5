import test from 'ava'
import { z } from 'zod'
import { sh } from '../../lib/command.ts'
import { defineTask } from '../../lib/dsl/task.ts'
import { handlerDigest, Steps, taskDigest, workOf } from '../../lib/engine/step.ts'
import { runCommand } from '../../lib/tasks/run-command.ts'

const odd = defineTask({ name: 'odd', params: z.strictObject({ of: z.unknown() }), title: () => 'odd', plan: () => [] })

test('tasks that differ far behind are not the same', t => {
  const differ = (one: unknown, other: unknown, why: string) =>
    t.not(taskDigest(odd({ of: one })), taskDigest(odd({ of: other })), why)
  const long = 'x'.repeat(10_001)
  differ(`${long}a`, `${long}b`, 'a string')
  const many = Array.from({ length: 101 }, () => 0)
  differ([...many, 1], [...many, 2], 'an array')
  differ(new Set([...many.keys(), 'a']), new Set([...many.keys(), 'b']), 'a set')
  differ(Buffer.from(`${long}a`), Buffer.from(`${long}b`), 'bytes')
  const nested = (depth: number, end: string): unknown => (depth === 0 ? end : { in: nested(depth - 1, end) })
  differ(nested(30, 'a'), nested(30, 'b'), 'what is nested')
  t.is(taskDigest(odd({ of: [...many, long] })), taskDigest(odd({ of: [...many, long] })))
})

test('a handler has a key in each flush, and is the same work in all', t => {
  const handler = runCommand({ script: sh`true` })
  const steps = new Steps()
  const [task, first] = [steps.add(handler, undefined), steps.add(handler, undefined, true)]
  steps.ended(first)
  const second = steps.add(handler, undefined, true)
  t.is(new Set([task.key, first.key, second.key]).size, 3)
  t.is(first.work, `${handlerDigest(handler)}-handler`)
  t.is(second.work, first.work)
  t.deepEqual([first.endings, second.endings], [0, 1])
  for (const step of [task, first, second]) t.is(workOf(step.key), step.work)
  const again = steps.add(handler, undefined)
  t.not(again.key, task.key)
  t.is(again.work, again.key, 'a task that is written down twice is done twice')
})
