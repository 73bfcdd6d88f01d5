import test from 'ava'
import { environment, execLine, raw, unit, unitWords } from '../../../templates/write/systemd.ts'

test('sections, settings, lists', t => {
  t.is(
    unit({
      Unit: { Description: 'Copies 100% of "it"', After: undefined, RequiresMountsFor: unitWords('/srv/a b', '/opt') },
      Service: { Type: 'oneshot', Restart: false, TimeoutSec: 5, ExecStart: [raw('/bin/a %i'), raw('/bin/b')] },
    }),
    [
      '[Unit]',
      'Description=Copies 100%% of "it"',
      'RequiresMountsFor="/srv/a b" /opt',
      '',
      '[Service]',
      'Type=oneshot',
      'Restart=no',
      'TimeoutSec=5',
      'ExecStart=/bin/a %i',
      'ExecStart=/bin/b',
      '',
    ].join('\n'),
  )
})

const words = [
  ['plain-word_1.x', 'plain-word_1.x'],
  ['', '""'],
  ['a b', '"a b"'],
  ['50%', '"50%%"'],
  ['$HOME', '"$$HOME"'],
  ['a"b\\c', '"a\\"b\\\\c"'],
  ['a\nb\tc', '"a\\nb\\tc"'],
  ["it's", '"it\'s"'],
  [';', '\\;'],
  ['é', '"é"'],
] as const
for (const [given, written] of words)
  test(`a word of a command line: ${JSON.stringify(given)}`, t => {
    t.is(execLine('/bin/x', given, 'y').text, `/bin/x ${written} y`)
  })

test('a variable keeps its dollar signs, because nothing expands them', t => {
  t.is(environment('A', '$x 1% "y"').text, '"A=$x 1%% \\"y\\""')
  t.throws(() => environment('A B', 'x'))
})

const refused = [
  ['a line end in a value', () => unit({ Unit: { Description: 'a\nExecStart=/bin/evil' } })],
  ['a line end in what is raw', () => raw('a\nb')],
  ['a backslash at the end', () => unit({ Unit: { Description: 'a\\' } })],
  ['a setting that is none', () => unit({ Unit: { 'A=b\nC': 1 } })],
  ['a section that is none', () => unit({ 'Unit]\n[Service': {} })],
  ['a program with an order to systemd', () => execLine('-/bin/x')],
  ['a program that is no path', () => execLine('x')],
] as const
for (const [title, make] of refused) test(`refused: ${title}`, t => void t.throws(make))
