import test from 'ava'
import type { Event } from '../../lib/event.ts'
import { gate } from '../../lib/report/gate.ts'
import { Secret } from '../../lib/secret.ts'
import { ended, failure, output, rendered, runOf, stream } from '../helpers/events.ts'
import { screen } from '../helpers/screen.ts'

const formats = ['pretty', 'plain', 'json'] as const

const through = async (
  events: readonly Event[],
  target: 'terminal' | 'json' = 'terminal',
): Promise<readonly Event[]> => {
  const passed: Event[] = []
  for await (const event of gate(stream(events), target)) passed.push(event)
  return passed
}

const notice = (text: string): Event => ({ type: 'notice', text })

for (const [what, text, shown] of [
  ['an escape sequence', '\u001b[2Jgone', '\\x1b[2Jgone'],
  ['a title', '\u001b]0;x\u0007', '\\x1b]0;x\\x07'],
  ['a C1 control sequence', '\u009b31m', '\\x9b31m'],
  ['a backspace', 'a\bb', 'a\\x08b'],
  ['a bidirectional override', 'a\u202eb', 'a\\u{202e}b'],
  ['half a surrogate pair', '\ud800', '\\u{d800}'],
  ['a line separator', 'a\u2028b', 'a\\u{2028}b'],
  ['lines and tabs', 'a\tb\nc', 'a\tb\nc'],
  ['a progress bar', '1%\r2%\r\n3%', '1%\n2%\n3%'],
  ['ordinary text', 'größer — 日本語 🎉', 'größer — 日本語 🎉'],
] as const)
  test(`${what} is shown`, async t => {
    t.deepEqual(await through([notice(text)]), [notice(shown)])
  })

test('a line break where one line belongs cannot forge a line of the report', async t => {
  const [event] = await through([ended('h1', 'a\nh2  failed  b', 'ok')])
  t.is(event?.type === 'task' && event.title, 'a\\nh2  failed  b')
})

test('a line of a megabyte is cut for a terminal, and whole in JSON', async t => {
  const megabyte = 'x'.repeat(1_000_000)
  const events = [
    ended('h1', 'f', 'failed', { error: failure({ stdout: megabyte, command: 'c' }) }),
    output('h1', `${megabyte}\n`),
  ]
  for (const format of ['plain', 'pretty'] as const)
    t.true((await rendered(runOf(['h1'], events), { format, verbosity: 2 })).length < 20_000)
  t.true((await rendered(runOf(['h1'], events), { format: 'json' })).length > 2_000_000)
})

const hostile = '\u001b[2J\u001b[1;1H\u009b1mA\u0000\u0007\b\r\n\u202e\ud800\u{e0001}'

for (const format of formats)
  test(`${format}: whatever a host says, the terminal obeys nothing of it`, async t => {
    const events = runOf(
      [`h1${hostile}`],
      [
        ended(`h1${hostile}`, hostile, 'changed', {
          reason: hostile,
          changes: [
            {
              summary: hostile,
              diffs: [
                {
                  fact: hostile,
                  attributes: [{ name: hostile, before: hostile, after: hostile }],
                  texts: [{ name: hostile, lines: [`+${hostile}`] }],
                },
              ],
            },
          ],
          error: failure({ message: hostile, stdout: hostile, stderr: hostile, hint: hostile, command: hostile }),
        }),
        output('h1', hostile),
        notice(hostile),
      ],
    )
    const text = await rendered(events, { format, verbosity: 2 })
    t.notThrows(() => screen(text))
    t.notRegex(text, /[\u0080-\u009f\u202e\ud800]/)
  })

test('JSON escapes what a terminal would obey, and keeps the value', async t => {
  const text = await rendered(runOf([], [notice(hostile)]), { format: 'json' })
  const line = text.split('\n').find(l => l.includes('notice')) ?? ''
  t.notRegex(line, /[^\x20-\x7e]/)
  t.deepEqual(JSON.parse(line), notice(hostile))
})

test('a secret that is a word of the events does not unmake them', async t => {
  for (const word of ['summary', 'changed', 'started', 'finished', 'notice']) new Secret(word)
  const events = runOf(['h1'], [ended('h1', 'f', 'changed')])
  t.deepEqual(
    (await through(events)).map(e => e.type),
    events.map(e => e.type),
  )
  t.regex(await rendered(events), /^h1 +changed +f$/m)
})

test('a host that is named like a field is still a host', async t => {
  const counts = { ok: 1, changed: 0, failed: 0, skipped: 0, unreachable: 0, unknown: 0 }
  const event: Event = { type: 'summary', exitCode: 0, hosts: { type: counts, state: counts }, durationMs: 1 }
  t.deepEqual(await through([event]), [event])
})
