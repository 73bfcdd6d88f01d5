import test from 'ava'
import type { ChangeReport } from '../../lib/event.ts'
import { ended, failure, fixtures, output, recorded, rendered, runOf } from '../helpers/events.ts'

/** The lines between the head of the play and its end. */
const body = async (...given: Parameters<typeof rendered>): Promise<readonly string[]> => {
  const lines = (await rendered(...given)).split('\n')
  const from = lines.findIndex(line => line.startsWith('play p'))
  return lines.slice(
    from + 1,
    lines.findIndex((line, i) => i > from && /^(h\d(, )?)+ {2}(\d|nothing)/.test(line)),
  )
}

for (const name of fixtures)
  for (const verbosity of [0, 1])
    test(`${name}${verbosity ? ' with -v' : ''}`, async t => {
      t.snapshot(await rendered(recorded(name), { verbosity }))
    })

const long = (lines: number): ChangeReport => ({
  summary: 'write /x',
  diffs: [
    {
      fact: 'content /x',
      attributes: [],
      texts: [{ name: 'content', lines: Array.from({ length: lines }, (_, i) => `+${i}`) }],
    },
  ],
})

test('ok is said with -v only', async t => {
  const events = runOf(['h1'], [ended('h1', 'file /x', 'ok')])
  t.deepEqual(await body(events), [])
  t.deepEqual(await body(events, { verbosity: 1 }), ['h1  ok       file /x  playbooks/x.ts:3:5'])
})

test('a change with its diff, in check mode in the conditional', async t => {
  const changes = [long(1)]
  const lines = ['      content /x', '        +0']
  t.deepEqual(await body(runOf(['h1'], [ended('h1', 'file /x', 'changed', { changes })])), [
    'h1  changed  file /x',
    '    write /x',
    ...lines,
  ])
  t.deepEqual(await body(runOf(['h1'], [ended('h1', 'file /x', 'changed', { changes })], 'check')), [
    'h1  would change  file /x',
    '    would write /x',
    ...lines,
  ])
})

test('without diff only the changes', async t => {
  const events = runOf(['h1'], [ended('h1', 'file /x', 'changed', { changes: [long(9)] })])
  t.deepEqual(await body(events, { diff: false }), ['h1  changed  file /x', '    write /x'])
})

for (const [lines, verbosity, last] of [
  [40, 0, '+39'],
  [163, 0, '… and 123 more lines (-v shows all)'],
  [41, 0, '… and 1 more line (-v shows all)'],
  [401, 0, '… and 361 more lines (-vv shows all)'],
  [163, 1, '+162'],
  [523, 1, '… and 123 more lines (-vv shows all)'],
  [523, 2, '+522'],
] as const)
  test(`a diff of ${lines} lines at verbosity ${verbosity} ends with ${last}`, async t => {
    const shown = await body(runOf(['h1'], [ended('h1', 'f', 'changed', { changes: [long(lines)] })]), { verbosity })
    t.is(shown.at(-1)?.trim(), last)
  })

test('attributes: new, gone and other; a digest is left out beside the text it stands for', async t => {
  const change: ChangeReport = {
    summary: 's',
    diffs: [
      {
        fact: 'path /x',
        attributes: [
          { name: 'type', after: 'file' },
          { name: 'target', before: '/y' },
          { name: 'mode', before: '1', after: '2' },
        ],
        texts: [],
      },
      { fact: 'digest /x', attributes: [{ name: 'sha256', before: 'a', after: 'b' }], texts: [] },
    ],
  }
  const shown = (changes: ChangeReport[]) => body(runOf(['h1'], [ended('h1', 'f', 'changed', { changes })]))
  t.deepEqual((await shown([change])).slice(2), [
    '      path /x',
    '        + type    file',
    '        - target  /y',
    '        ~ mode    1 -> 2',
    '      digest /x',
    '        ~ sha256  a -> b',
  ])
  const both = { ...change, diffs: [...change.diffs, ...long(1).diffs] }
  t.false((await shown([both])).join('\n').includes('sha256'))
})

test('the same change on another host is not shown twice, another one is', async t => {
  const [same, other] = [[long(2)], [long(3)]]
  const events = [
    ended('h1', 'f', 'changed', { changes: same }),
    ended('h2', 'f', 'changed', { changes: same }),
    ended('h3', 'f', 'changed', { changes: other }),
  ]
  const lines = await body(runOf(['h1', 'h2', 'h3'], events))
  t.is(lines[5], 'h2  changed  f  (the same as on h1)')
  t.is(lines.slice(6).length, 6)
})

test('a failure says where, what, how and what to do', async t => {
  const error = failure({
    message: 'exit code 2',
    change: 'write /x',
    command: "sh -c 'cat' sh",
    code: 2,
    stdout: Array.from({ length: 21 }, (_, i) => `out ${i + 1}\n`).join(''),
    stderr: 'err\n',
    hint: 'do this',
  })
  t.deepEqual(await body(runOf(['h1'], [ended('h1', 'file /x', 'failed', { error })])), [
    'h1  failed   file /x',
    '    exit code 2',
    '    task     playbooks/x.ts:3:5 in play "p"',
    '    change   write /x',
    "    command  sh -c 'cat' sh",
    '    code     2',
    '    stderr   err',
    '    stdout   (last 20 of 21 lines)',
    ...Array.from({ length: 20 }, (_, i) => `             out ${i + 2}`),
    '    hint     do this',
  ])
})

test('no exit code is not exit code 0', async t => {
  const error = failure({ kind: 'unknown', command: 'x' })
  const lines = await body(runOf(['h1'], [ended('h1', 'f', 'unknown', { error })]))
  t.true(lines.includes('    code     none: it was not seen to end'))
})

test('a guard refuses, it does not fail', async t => {
  const text = await rendered(runOf(['h1'], [ended('h1', 'f', 'failed', { error: failure({ kind: 'refused' }) })]))
  t.regex(text, /^h1 {2}refused {2}f$/m)
  t.regex(text, /^ {2}refused on h1: f {2}\(playbooks\/x.ts:3:5\)$/m)
})

test('a failure without an error still says its reason, there and in the recap', async t => {
  const text = await rendered(runOf(['h1'], [ended('h1', 'f', 'failed', { reason: 'stopped half-way' })]))
  t.is(text.split('stopped half-way').length, 3)
})

test('hosts with the same failure share a line of the recap; what the command said last is in it', async t => {
  const error = failure({ message: 'exit code 1', code: 1, command: 'x', stderr: 'a\ndisk full\n' })
  const events = ['h1', 'h2'].map(host => ended(host, 'f', 'failed', { error }))
  const text = await rendered(runOf(['h1', 'h2'], events))
  t.regex(text, /^ {2}failed on h1, h2: f .*\n {6}exit code 1: disk full$/m)
})

test('skipped tasks with one reason in a row are one line; with -v each', async t => {
  const skip = (title: string, reason: string) => ended('h1', title, 'skipped', { reason })
  const events = runOf(['h1'], [skip('a', 'x'), skip('b', 'x'), skip('c', 'y'), ended('h1', 'd', 'changed')])
  t.deepEqual(await body(events), ['h1  skipped  2 tasks: x', 'h1  skipped  c: y', 'h1  changed  d'])
  t.is((await body(events, { verbosity: 1 })).filter(line => line.includes('skipped')).length, 3)
})

test('output is written with -vv only', async t => {
  const events = runOf(['h1'], [output('h1', 'first\nlast\n'), ended('h1', 't', 'changed')])
  t.false((await rendered(events, { verbosity: 1 })).includes('first'))
  t.deepEqual((await body(events, { verbosity: 2 })).slice(0, 2), ['h1  stdout   first', 'h1  stdout   last'])
})

test('colours only when wanted', async t => {
  const events = runOf(['h1'], [ended('h1', 'f', 'changed', { changes: [long(1)] })])
  t.false((await rendered(events, { color: false })).includes('\u001b'))
  t.true((await rendered(events, { color: true })).includes('\u001b[32m+0\u001b[39m'))
})
