import { Writable } from 'node:stream'
import test from 'ava'
import type { Event, Recorded } from '../../lib/event.ts'
import { type RenderOptions, replay } from '../../lib/report/render.ts'
import { Secret } from '../../lib/secret.ts'
import { ended, fixtures, output, recorded, rendered, runOf } from '../helpers/events.ts'
import { everything, journalOf } from '../helpers/everything.ts'

const replayed = async (records: readonly Recorded[], options: Partial<RenderOptions>): Promise<string> => {
  let text = ''
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      text += String(chunk)
      done()
    },
  })
  const target = Object.assign(stream, { columns: 100, rows: 24, isTTY: true })
  await replay(records, { format: 'plain', diff: true, verbosity: 0, color: false, ...options, stream: target })
  return text
}

const long = 'x'.repeat(100_000)

const streams: readonly (readonly [string, readonly Event[]])[] = [
  ...fixtures.map(name => [name, recorded(name)] as const),
  ['everything', everything],
  [
    'secrets, long lines and what steers a terminal',
    runOf(
      ['h1'],
      [
        output('h1', `${long}${long}${long}end\u001b[2J\r`),
        output('h1', 'p4ss'),
        output('h1', 'w0rd-of-db and a line without an end'),
        { type: 'notice', host: 'h1', text: `${'y'.repeat(5000)} p4ssw0rd-of-db` },
        ended('h1', 't', 'changed', { reason: '\u202e back', changes: [] }),
      ],
    ),
  ],
]

for (const [name, events] of streams)
  for (const format of ['plain', 'json', 'github'] as const)
    for (const verbosity of [0, 2])
      test(`${name}: ${format} ${'v'.repeat(verbosity)} from the journal is what was shown, byte for byte`, async t => {
        new Secret('p4ssw0rd-of-db')
        const options = { format, verbosity, color: verbosity > 0 } as const
        const live = await rendered(events, options)
        t.true(live.length > 100)
        t.is(await replayed(journalOf(events), options), live)
      })

test('a journal without a summary is shown as far as it goes', async t => {
  const cut = journalOf(recorded('changing').slice(0, -1))
  const text = await replayed(cut, {})
  t.true((await rendered(recorded('changing'))).startsWith(text))
  t.true(text.length > 100)
})
