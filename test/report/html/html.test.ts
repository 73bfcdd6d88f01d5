import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import test from 'ava'
import type { Event, Recorded } from '../../../lib/event.ts'
import { script } from '../../../lib/report/html/assets.ts'
import { html } from '../../../lib/report/html/html.ts'
import { ended, failure, fixtures, output, recorded, runOf } from '../../helpers/events.ts'
import { partsOf, wordsOf } from './page.ts'
import { type Sample, sample } from './sample.ts'

const START = Date.parse('2026-01-01T00:00:00.000Z')

/** Events, one a second. */
const timed = (events: readonly Event[]): Recorded[] =>
  events.map((event, i) => ({ time: new Date(START + i * 1000).toISOString(), event }))

const reportOf = (events: readonly Event[]) => partsOf(html(timed(events))).report

const samples: Readonly<Record<string, Sample>> = {
  'a small run': { hosts: 2, tasks: 14 },
  'a run with everything in it': { hosts: 24, tasks: 36, faults: true, rolling: true },
  'a check': { hosts: 12, tasks: 40, mode: 'check' },
}

for (const [name, options] of Object.entries(samples))
  test(`${name}: counts are those of the summary`, t => {
    const records = sample(options)
    const summary = records.at(-1)!.event
    if (summary.type !== 'summary') return t.fail()
    const { report } = partsOf(html(records))
    const total = (word: 'ok' | 'changed' | 'failed' | 'skipped' | 'unreachable' | 'unknown') =>
      Object.values(summary.hosts).reduce((sum, counts) => sum + counts[word], 0)
    const words = wordsOf(report)
    for (const word of ['ok', 'failed', 'skipped', 'unreachable', 'unknown'] as const)
      t.is(words[word] ?? 0, total(word), word)
    t.is((words.changed ?? 0) + (words['would change'] ?? 0) + (words['would run'] ?? 0), total('changed'))
    t.is(report.exitCode, summary.exitCode)
  })

for (const name of fixtures)
  test(`a page of the recorded run "${name}"`, t => {
    const { report } = partsOf(html(timed(recorded(name))))
    t.true(report.rows.host.length > 0)
    t.true(report.plays.every(play => play.end !== undefined))
  })

test('in check mode a change would be, and an action would run', t => {
  const words = wordsOf(
    reportOf(
      runOf(['a'], [ended('a', 't', 'changed'), ended('a', 'u', 'changed', { index: 1, action: true })], 'check'),
    ),
  )
  t.deepEqual(words, { 'would change': 1, 'would run': 1 })
})

const hostile = '</script><img src=x onerror=alert(1)><!--<script>"\'&'

test('no text of a host, a task or a playbook is markup', t => {
  const events = runOf(
    [hostile],
    [
      output(hostile, hostile),
      ended(hostile, hostile, 'failed', {
        reason: hostile,
        error: failure({ message: hostile, stdout: hostile, stderr: hostile, command: hostile, hint: hostile }),
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
      }),
      { type: 'notice', text: hostile },
    ],
  ).map(event => (event.type === 'run' ? { ...event, playbook: hostile } : event))
  const { data, markup, report } = partsOf(html(timed(events)))
  t.false(data.includes('<'))
  t.notRegex(markup, /<img|onerror=[^&]*>|<!--/)
  t.is([...markup.matchAll(/<script/g)].length, 2)
  t.is(report.playbook, hostile)
  t.deepEqual(report.hosts, [hostile])
  t.true(report.texts.includes(hostile) && report.texts.includes(`+${hostile}`))
})

test('the policy lets in this script and this style, and nothing else', t => {
  const page = html(sample({ hosts: 2, tasks: 4 }))
  const { policy, script, style, markup } = partsOf(page)
  const digest = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  const rules = new Map(policy.split('; ').map(rule => [rule.split(' ')[0], rule.split(' ').slice(1).join(' ')]))
  t.is(rules.get('default-src'), "'none'")
  t.is(rules.get('script-src'), digest(script))
  t.is(rules.get('style-src'), digest(style))
  t.is(rules.get('require-trusted-types-for'), "'script'")
  t.true(page.indexOf('Content-Security-Policy') < page.indexOf('<style'))
  t.notRegex(markup, /\s(src|style|on[a-z]+)=/)
  t.deepEqual(
    [...markup.matchAll(/href="([^"]*)"/g)].map(match => match[1]),
    ['data:,'],
  )
  t.notRegex(style, /url\(|@import/)
})

test('the script is made of every file of the page', t => {
  const folder = new URL('../../../lib/report/html/page/', import.meta.url)
  const files = readdirSync(folder).filter(name => name.endsWith('.js'))
  t.true(files.length > 10)
  for (const name of files) t.true(script().includes(readFileSync(new URL(name, folder), 'utf8')), name)
  t.notRegex(script(), /innerHTML|insertAdjacentHTML|document\.write|\beval\b|<\/script/i)
})

test('what cannot be seen is written out, and colours of a terminal are left out', t => {
  const said = 'a\u202eb \u001b[31mred\u001b[0m \u001b]0;x\u0007'
  const { texts } = reportOf(runOf(['a'], [ended('a', 't', 'failed', { error: failure({ stderr: said }) })]))
  t.true(texts.includes('a\\u{202e}b red \\x1b]0;x\\x07'))
})

test('every text is there once, whatever the number of hosts', t => {
  const records = sample({ hosts: 40, tasks: 40, faults: true })
  const page = html(records)
  t.true(page.length - script().length < JSON.stringify(records).length / 8)
  const { texts } = partsOf(page).report
  t.is(new Set(texts).size, texts.length)
})

test('hosts with the same outcome share a detail, and others do not', t => {
  const change = (after: string) => ({
    changes: [{ summary: 's', diffs: [{ fact: 'f', attributes: [{ name: 'mode', after }], texts: [] }] }],
  })
  const { rows } = reportOf(
    runOf(
      ['a', 'b', 'c'],
      [
        ended('a', 't', 'changed', change('0644')),
        ended('b', 't', 'changed', change('0644')),
        ended('c', 't', 'changed', change('0600')),
      ],
    ),
  )
  const [a, b, c] = rows.detail
  t.is(a, b)
  t.not(a, c)
  t.is(new Set(rows.task).size, 1)
})

const about = {
  host: 'a',
  play: 'p',
  index: 0,
  title: 't',
  handler: false,
  action: false,
  at: { file: 'x.ts', line: 1, column: 1 },
} as const

test('a run that stops in the middle is no success: what was sent is unknown', t => {
  const events = runOf(
    ['a'],
    [
      { type: 'task', state: 'running', ...about },
      {
        type: 'sent',
        host: 'a',
        play: 'p',
        changes: [
          { index: 0, title: 't', summary: 's' },
          { index: 1, title: 'u', summary: 's' },
        ],
      },
    ],
  ).slice(0, -2)
  const report = reportOf(events)
  t.deepEqual(wordsOf(report), { unknown: 2 })
  t.is(report.exitCode, undefined)
  t.regex(report.verdict, /did not end/)
  t.deepEqual(
    report.tasks.map(task => task.title),
    ['t', 'u'],
  )
})

test('what was sent gets its place in the playbook from what comes after', t => {
  const { tasks } = reportOf(
    runOf(
      ['a'],
      [
        { type: 'sent', host: 'a', play: 'p', changes: [{ index: 0, title: 't', summary: 's' }] },
        { type: 'task', state: 'running', ...about },
        { type: 'task', state: 'ended', ...about, outcome: 'changed', changes: [], durationMs: 1 },
      ],
    ),
  )
  t.deepEqual(
    tasks.map(task => task.place),
    ['x.ts:1:1'],
  )
})

test('times: a task began when it was said to, and a clock that is set back turns nothing inside out', t => {
  const records = timed(
    runOf(
      ['a'],
      [
        { type: 'task', state: 'running', ...about },
        { type: 'notice', text: 'n' },
        { type: 'task', state: 'ended', ...about, outcome: 'changed', changes: [], durationMs: 700 },
      ],
    ),
  )
  const { report } = partsOf(html(records))
  t.deepEqual([report.rows.end[0], report.rows.span[0], report.rows.ms[0]], [4000, 2000, 700])
  const back = records.map((record, i) => (i > 3 ? { ...record, time: '2025-12-31T23:59:59.000Z' } : record))
  const set = partsOf(html(back)).report
  t.true(set.rows.end.every(n => n >= 0) && set.rows.span.every(n => n >= -1))
  t.true(set.end >= 3000)
})

test('a handler that is owed to the end is something to look at, one that was paid is not', t => {
  const handler = { type: 'handler', host: 'a', play: 'p', title: 'reload' } as const
  const { notes } = reportOf(
    runOf(
      ['a'],
      [
        { ...handler, task: '1', state: 'owed' },
        { ...handler, task: '2', state: 'owed' },
        { ...handler, task: '1', state: 'paid' },
      ],
    ),
  )
  t.deepEqual(
    notes.map(note => [note.state, note.trouble]),
    [
      ['owed', undefined],
      ['owed', 1],
      ['paid', undefined],
    ],
  )
})

test('leases, preflight and a refused run', t => {
  const { notes, texts } = reportOf(
    runOf(
      ['a'],
      [
        { type: 'lease', host: 'a', state: 'taken', counter: 3 },
        { type: 'lease', host: 'a', state: 'lost', counter: 3 },
        { type: 'preflight', problems: [{ host: 'a', message: 'disk full', hint: 'make room' }] },
        { type: 'refused', error: failure({ kind: 'refused', message: 'the plan is stale', hint: 'plan again' }) },
      ],
    ),
  )
  t.deepEqual(
    notes.map(note => note.trouble === 1),
    [false, true, true, true],
  )
  t.deepEqual(
    notes.slice(2).map(note => [texts[note.text], texts[note.hint!]]),
    [
      ['disk full', 'make room'],
      ['the plan is stale', 'plan again'],
    ],
  )
})

test('a rolling play: each node with its states, by batch', t => {
  const state = (host: string, batch: number, state: 'waiting' | 'changing' | 'failed', reason?: string): Event => ({
    type: 'rolling',
    play: 'p',
    host,
    batch,
    batches: 2,
    state,
    ...(reason !== undefined && { reason }),
  })
  const { rolling, hosts, texts } = reportOf(
    runOf(
      ['b', 'a'],
      [
        state('b', 2, 'waiting'),
        state('a', 1, 'waiting'),
        state('a', 1, 'changing'),
        state('a', 1, 'failed', 'no health'),
      ],
    ),
  )
  const [order] = rolling
  t.deepEqual(
    order?.nodes.map(node => [hosts[node.host], node.steps.map(step => step.state)]),
    [
      ['a', ['waiting', 'changing', 'failed']],
      ['b', ['waiting']],
    ],
  )
  t.is(texts[order!.nodes[0]!.steps[2]!.reason!], 'no health')
})

test('an ignored failure is not a failure', t => {
  t.deepEqual(wordsOf(reportOf(runOf(['a'], [ended('a', 't', 'failed', { ignored: true, error: failure() })]))), {
    ignored: 1,
  })
})

test('what a task printed is with its row, and of very much the end', t => {
  const { outputs, texts } = reportOf(
    runOf(
      ['a', 'b'],
      [
        output('a', 'one\n'),
        output('a', `${'x'.repeat(1000)}\n`.repeat(300)),
        output('a', 'last\n'),
        ended('b', 't', 'ok'),
        ended('a', 't', 'changed'),
      ],
    ),
  )
  t.deepEqual(Object.keys(outputs), ['1'])
  const said = texts[outputs[1]![0]![1]]!
  t.true(said.endsWith('\nlast') && !said.includes('one'))
  t.true(said.length < 120_000)
})

test('of several runs in the records, the last', t => {
  const first = runOf(['a'], [ended('a', 't', 'failed')])
  const report = reportOf([...first, ...runOf(['b'], [ended('b', 't', 'ok')])])
  t.deepEqual(report.hosts, ['b'])
  t.deepEqual(wordsOf(report), { ok: 1 })
})

test('no records at all are still a page', t => {
  t.regex(html([]), /did not end/)
})
