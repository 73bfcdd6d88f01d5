import { setTimeout } from 'node:timers/promises'
import test from 'ava'
import type { Event } from '../../lib/event.ts'
import { Turn } from '../../lib/report/render.ts'
import { ended, fixtures, output, recorded, rendered, runOf } from '../helpers/events.ts'
import { screen } from '../helpers/screen.ts'

/** Lets listr2 draw between the events. */
async function* slowly(events: readonly Event[]): AsyncGenerator<Event> {
  for (const event of events) {
    yield event
    if (event.type !== 'host') await setTimeout(20)
  }
}

for (const name of fixtures)
  test(`${name}: in the end the screen shows what plain writes, and nothing else`, async t => {
    const text = await rendered(slowly(recorded(name)), { format: 'pretty' })
    const plain = await rendered(recorded(name), { format: 'plain' })
    t.is(screen(text).join('\n'), plain)
    t.true(text.includes('hosts done'), 'the rows were drawn')
  })

test('forty hosts on a terminal of ten lines: no line is lost, and no frame is higher than the terminal', async t => {
  const hosts = Array.from({ length: 40 }, (_, i) => `h${i}`)
  const events = runOf(
    hosts,
    hosts.flatMap(host => [output(host, `${host} works\n`), ended(host, `file /${host}`, 'changed')]),
  )
  const text = await rendered(slowly(events), { format: 'pretty', rows: 10 })
  t.is(screen(text).join('\n'), await rendered(events))
  const highest = Math.max(...text.split('\u001b[G').map(frame => (frame.match(/^[^\w\s] \S/gm) ?? []).length))
  t.true(highest > 0 && highest < 10, `${highest} rows`)
})

test('a row shows the task, the last line of its output, and the counts when it is done', async t => {
  const events = runOf(
    ['h1', 'h2'],
    [
      { ...ended('h1', 'file /x', 'ok'), state: 'running' } as Event,
      output('h1', 'first\nhalf'),
      output('h1', ' a line\n'),
      ended('h1', 'file /x', 'changed'),
      { type: 'notice', text: 'wait' },
    ],
  )
  const text = await rendered(slowly(events), { format: 'pretty' })
  t.regex(text, /h1 {2}0\/1 {2}file \/x\n {2}\S+ first\n/)
  t.regex(text, /h1 {2}0\/1 {2}file \/x\n {2}\S+ half a line\n/)
  t.regex(text, /h1 {2}1 changed\n/)
  t.regex(text, /h2 {2}0\/1 {2}waiting\n/)
  t.regex(text, /p {2}1 of 2 hosts done\n/)
})

test('a handler that runs after the tasks stands below the play', async t => {
  const handler = { ...ended('h1', 'restart x', 'changed'), handler: true, index: 1 } as const
  const events = runOf(['h1'], [ended('h1', 'a', 'changed'), { ...handler, state: 'running' } as Event, handler])
  t.regex(await rendered(slowly(events), { format: 'pretty' }), /\S+ h1 {2}restart x \(handler\)\n/)
})

test('a question during a play has the terminal to itself; what came meanwhile is shown after it', async t => {
  const turn = new Turn()
  const events = runOf(
    ['h1'],
    [{ type: 'notice', text: 'early' }, { type: 'notice', text: 'late' }, ended('h1', 'f', 'changed')],
  )
  async function* asking(): AsyncGenerator<Event> {
    for (const event of events) {
      if (event.type === 'notice' && event.text === 'late') {
        const asked = turn.during(() => setTimeout(300, 'answer'))
        yield { type: 'notice', text: 'question stands' }
        yield event
        await asked
      } else yield event
    }
  }
  const text = await rendered(asking(), { format: 'pretty', turn })
  const shown = screen(text).join('\n')
  t.true(shown.includes('notice: early\nnotice: question stands\nnotice: late\nh1  changed  f\n'))
  t.false(/[⠀-⣿]/.test(shown), 'no row is left over')
  const [, from = ''] = text.split('notice: early')
  const quiet = from.slice(from.indexOf('\u001b[?25h'), from.indexOf('notice: question'))
  t.is(quiet, '\u001b[?25h', 'nothing is drawn while the question stands')
})
