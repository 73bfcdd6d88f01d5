import type { Event, Recorded } from '../../lib/event.ts'
import { Gate } from '../../lib/report/gate.ts'
import { ended, failure, output } from './events.ts'

const play = 'p'

/** A broken run with every kind of event in it. */
export const everything: readonly Event[] = [
  {
    type: 'run',
    run: 'r2',
    playbook: 'All <of> it',
    mode: 'apply',
    hosts: ['h1', 'h2', 'h3'],
    time: '',
    resumes: 'r1',
  },
  { type: 'lease', host: 'h1', state: 'taken', counter: 7 },
  {
    type: 'play',
    play,
    state: 'started',
    hosts: ['h1', 'h2', 'h3'].map(host => ({ host, tasks: ['file /a', 'command b', 'never begun'] })),
  },
  { type: 'host', host: 'h1', state: 'connecting' },
  {
    type: 'unreachable',
    host: 'h3',
    error: failure({ kind: 'unreachable', message: 'no route', hint: 'Look at it.' }),
  },
  { type: 'rolling', play, host: 'h1', batch: 1, batches: 2, state: 'draining' },
  { type: 'rolling', play, host: 'h2', batch: 2, batches: 2, state: 'waiting' },
  { ...ended('h1', 'file /a', 'ok'), state: 'running' } as Event,
  { type: 'sent', host: 'h1', play, changes: [{ index: 0, title: 'file /a', summary: 'write /a' }] },
  output('h1', 'first\n::error::no command ]]> & <x>\n'),
  ended('h1', 'file /a', 'changed', {
    attempts: 3,
    durationMs: 1500,
    changes: [
      {
        summary: 'write /a',
        diffs: [
          {
            fact: 'content /a',
            attributes: [{ name: 'mode', before: '0644', after: '0600' }],
            texts: [{ name: 'content', lines: ['@@ -1 +1 @@', '-old', '+``` <b>'] }],
          },
        ],
      },
    ],
  }),
  { type: 'handed', host: 'h1', play, task: 'position', stdout: '0/1', stderr: '' },
  { type: 'handler', host: 'h1', play, task: 'd1', title: 'restart web', state: 'owed' },
  { type: 'handler', host: 'h1', play, task: 'd2', title: 'reload units', state: 'owed' },
  { type: 'handler', host: 'h1', play, task: 'd2', title: 'reload units', state: 'paid' },
  ended('h1', 'command b', 'failed', {
    index: 1,
    ignored: true,
    error: failure({ message: 'exit code 3', command: 'b', code: 3, stderr: 'not today\n' }),
  }),
  { type: 'rolling', play, host: 'h1', batch: 1, batches: 2, state: 'failed', reason: 'its gate stayed shut' },
  ended('h2', 'file /a', 'skipped', { reason: 'its condition is false' }),
  ended('h2', 'command b', 'failed', {
    index: 1,
    error: failure({
      message: 'exit code 1',
      command: 'b',
      code: 1,
      stderr: '\u0007::set-output name=x::y\n##[error]z\n',
    }),
  }),
  { type: 'lease', host: 'h2', state: 'lost', counter: 8 },
  { type: 'notice', host: 'h2', text: 'a notice' },
  { type: 'play', play, state: 'finished', hosts: [] },
  { type: 'preflight', problems: ['h1', 'h2'].map(host => ({ host, message: 'no sudo', hint: 'Give it.' })) },
  { type: 'refused', error: failure({ kind: 'refused', message: 'the plan is stale', hint: 'Plan again.' }) },
  {
    type: 'summary',
    exitCode: 5,
    durationMs: 4000,
    hosts: {
      h1: { ok: 0, changed: 1, failed: 0, skipped: 0, unreachable: 0, unknown: 0, ignored: 1 },
      h2: { ok: 0, changed: 0, failed: 1, skipped: 1, unreachable: 0, unknown: 0 },
      h3: { ok: 0, changed: 0, failed: 0, skipped: 0, unreachable: 1, unknown: 0 },
    },
  },
]

/** As a journal has them: one second apart. */
export const asRecords = (events: readonly Event[], stepMs = 1000): readonly Recorded[] =>
  events.map((event, i) => ({ time: new Date(Date.UTC(2026, 0, 1) + i * stepMs).toISOString(), event }))

/** What a journal has of a run, as it is read: through the gate, into JSON and back. */
export const journalOf = (events: readonly Event[]): readonly Recorded[] => {
  const gate = new Gate('json')
  const passed = asRecords([...events.flatMap(event => gate.pass(event)), ...gate.rest()])
  return passed.map(record => JSON.parse(JSON.stringify(record)) as Recorded)
}
