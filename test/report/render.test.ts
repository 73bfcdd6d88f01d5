import { Writable } from 'node:stream'
import test from 'ava'
import type { Event } from '../../lib/event.ts'
import { type RenderOptions, render } from '../../lib/report/render.ts'
import { fixtures, recorded, rendered, runOf, stream } from '../helpers/events.ts'

const formats = ['pretty', 'plain', 'json', 'github'] as const

const options = (format: RenderOptions['format'], target: Writable): RenderOptions => ({
  format,
  stream: target,
  diff: true,
  verbosity: 0,
  color: false,
})

const devNull = () => new Writable({ write: (_chunk, _encoding, done) => done() })

for (const format of formats) {
  test(`${format}: resolves with the summary`, async t => {
    const events = recorded('failing')
    t.deepEqual(await render(stream(events), options(format, devNull())), events.at(-1) as never)
  })

  test(`${format}: events that end without a summary are an error`, async t => {
    const events = recorded('changing').slice(0, -1)
    await t.throwsAsync(render(stream(events), options(format, devNull())), { message: /without a summary/ })
  })

  test(`${format}: what the events throw is thrown, and the terminal is left in order`, async t => {
    let written = ''
    const target = new Writable({
      write: (chunk, _encoding, done) => {
        written += String(chunk)
        done()
      },
    })
    async function* broken(): AsyncGenerator<Event> {
      yield* recorded('changing').slice(0, 8)
      throw new Error('engine')
    }
    await t.throwsAsync(render(broken(), options(format, target)), { message: 'engine' })
    if (format === 'pretty') t.true(written.lastIndexOf('\u001b[?25h') > written.lastIndexOf('\u001b[?25l'))
  })

  test(`${format}: a reader that goes away does not stop the run`, async t => {
    const gone = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('x'), { code: 'EPIPE' })),
    })
    let read = 0
    async function* counted(): AsyncGenerator<Event> {
      for (const event of recorded('changing')) {
        read++
        await new Promise(resolve => setImmediate(resolve))
        yield event
      }
    }
    t.is((await render(counted(), options(format, gone))).exitCode, 0)
    t.is(read, recorded('changing').length)
  })

  test(`${format}: a full disk is said, after the run`, async t => {
    const full = new Writable({ write: (_chunk, _encoding, done) => done(new Error('ENOSPC')) })
    await t.throwsAsync(render(stream(recorded('changing')), options(format, full)), { message: /ENOSPC/ })
  })
}

for (const name of fixtures)
  test(`json: every event of ${name} is a line, as it was`, async t => {
    const lines = (await rendered(recorded(name), { format: 'json' })).trimEnd().split('\n')
    const texts = (events: readonly Event[]) => events.filter(e => e.type !== 'output')
    t.deepEqual(texts(lines.map(line => JSON.parse(line) as Event)), [...texts(recorded(name))])
  })

test('json: the last line is the summary, whatever comes after it', async t => {
  const late: Event = { type: 'notice', text: 'late' }
  const text = await rendered([...runOf(['h1'], []), late], { format: 'json' })
  t.is(text.trimEnd().split('\n').at(-1), '{"type":"summary","exitCode":0,"hosts":{},"durationMs":0}')
})
