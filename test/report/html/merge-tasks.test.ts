import test from 'ava'
import { mergeTasks } from '../../../lib/report/html/merge-tasks.ts'
import type { Task } from '../../../lib/report/html/report.ts'

const task = (title: string, index: number, place = 'x.ts:1:1'): Task => ({
  play: 0,
  title,
  place,
  kind: 'task',
  index,
})

test('titles that name the host are one task, and each row keeps its own', t => {
  const tasks = [task('file /srv/a/conf', 0), task('file /srv/bee/conf', 0)]
  const merged = mergeTasks(tasks, [0, 1], [0, 1])
  t.deepEqual(merged.tasks, [task('file /srv/…/conf', 0)])
  t.deepEqual(merged.task, [0, 0])
  t.deepEqual([...merged.titles.values()], ['file /srv/a/conf', 'file /srv/bee/conf'])
})

test('in a loop the first goes with the first, in the order of the playbook', t => {
  const tasks = [task('key 1 of a', 0), task('key 2 of a', 1), task('key 2 of b', 1), task('key 1 of b', 0)]
  const merged = mergeTasks(tasks, [0, 0, 1, 1], [0, 1, 2, 3])
  t.deepEqual(
    merged.tasks.map(one => one.title),
    ['key 1 of …', 'key 2 of …'],
  )
  t.deepEqual(merged.task, [0, 1, 1, 0])
})

test('a title that several hosts have stays a task of its own', t => {
  const tasks = [task('common', 0), task('only on a', 1), task('only on b', 1)]
  const merged = mergeTasks(tasks, [0, 1, 0, 1], [0, 0, 1, 2])
  t.deepEqual(
    merged.tasks.map(one => one.title),
    ['common', 'only on …'],
  )
})

test('tasks of one host, of other lines and of no line are left alone', t => {
  const tasks = [task('file a', 0), task('file b', 1), task('file c', 0, 'x.ts:2:1'), task('file d', 0, '')]
  const merged = mergeTasks(tasks, [0, 0, 1, 1], [0, 1, 2, 3])
  t.deepEqual(merged.tasks, tasks)
  t.is(merged.titles.size, 0)
})

test('titles with nothing in common go by the first', t => {
  t.is(mergeTasks([task('one', 0), task('two', 0)], [0, 1], [0, 1]).tasks[0]?.title, 'one …')
})
