import test from 'ava'
import type { Event } from '../../lib/event.ts'
import { WholeLines } from '../../lib/report/whole-lines.ts'
import { ended, output } from '../helpers/events.ts'

const through = (events: readonly Event[]): readonly string[] => {
  const lines = new WholeLines(text => text.replaceAll('hunter2', '*'))
  return [...events.flatMap(event => lines.pass(event)), ...lines.rest()].map(event =>
    event.type === 'output' ? `${event.host} ${event.stream} ${event.text}` : event.type,
  )
}

test('a line is passed on when it is whole', t => {
  const events = ['a\nb', 'c\nd', '\n'].map(text => output('h1', text))
  t.deepEqual(through(events), ['h1 stdout a\n', 'h1 stdout bc\n', 'h1 stdout d\n'])
})

test('hosts and streams do not mix', t => {
  const err = { ...output('h1', 'x\n'), stream: 'stderr' } as Event
  t.deepEqual(through([output('h1', 'a'), output('h2', 'b\n'), err, output('h1', 'c\n')]), [
    'h2 stdout b\n',
    'h1 stderr x\n',
    'h1 stdout ac\n',
  ])
})

test('what has no end is passed on before the end of the task, of the run, of the events', t => {
  t.deepEqual(through([output('h1', 'a'), ended('h2', 't', 'ok'), ended('h1', 't', 'ok')]), [
    'task',
    'h1 stdout a',
    'task',
  ])
  const summary: Event = { type: 'summary', exitCode: 0, hosts: {}, durationMs: 0 }
  t.deepEqual(through([output('h1', 'a'), summary]), ['h1 stdout a', 'summary'])
  t.deepEqual(through([output('h1', 'a')]), ['h1 stdout a'])
})

test('a carriage return ends a line: a progress bar is seen', t => {
  t.deepEqual(through([output('h1', ' 10%\r 2'), output('h1', '0%\r')]), ['h1 stdout  10%\r', 'h1 stdout  20%\r'])
})

test('a line without end is passed on in parts, and a secret on the cut is masked', t => {
  const filler = 'x'.repeat(64 * 1024)
  for (const where of [4000, 4090, 4096, 4100, 8]) {
    const said = through([output('h1', `${filler}hunter2${'y'.repeat(where)}`), output('h1', 'z\n')])
    t.true(said.length === 2)
    const text = said.map(s => s.replace('h1 stdout ', '')).join('')
    t.is(text, `${filler}*${'y'.repeat(where)}z\n`)
  }
})

test('of a line without end the last part waits, in case a secret begins in it', t => {
  const said = through([output('h1', `${'x'.repeat(70_000)}hunt`), output('h1', 'er2\n')])
  t.false(said[0]?.includes('hunt'))
  t.true(said[1]?.endsWith('xhunter2\n'), 'the gate sees it whole')
})
