import { readFileSync } from 'node:fs'
import { Writable } from 'node:stream'
import type { ErrorReport, Event, Outcome } from '../../lib/event.ts'
import { type RenderOptions, render } from '../../lib/report/render.ts'

export const fixtures = ['converged', 'changing', 'check', 'failing'] as const

/** A recorded run of test/fixtures/events. */
export const recorded = (name: (typeof fixtures)[number]): readonly Event[] =>
  readFileSync(new URL(`../fixtures/events/${name}.jsonl`, import.meta.url), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Event)

export async function* stream(events: readonly Event[]): AsyncGenerator<Event> {
  yield* events
}

const task = { play: 'p', index: 0, handler: false, action: false, at: { file: 'playbooks/x.ts', line: 3, column: 5 } }

type Ended = Extract<Event, { type: 'task'; state: 'ended' }>

/** The end of a task, of which a test says only what it is about. */
export const ended = (host: string, title: string, outcome: Outcome, more: Partial<Ended> = {}): Event => ({
  type: 'task',
  state: 'ended',
  ...task,
  host,
  title,
  outcome,
  changes: [],
  durationMs: 0,
  ...more,
})

export const output = (host: string, text: string): Event => ({
  type: 'output',
  ...task,
  host,
  title: 't',
  stream: 'stdout',
  text,
})

export const failure = (more: Partial<ErrorReport> = {}): ErrorReport => ({ kind: 'failed', message: 'no', ...more })

/** A run of one play on some hosts with these events in it, and a summary. */
export const runOf = (
  hosts: readonly string[],
  events: readonly Event[],
  mode: 'apply' | 'check' = 'apply',
): Event[] => {
  const list = hosts.map(host => ({ host, tasks: ['t'] }))
  return [
    { type: 'run', run: 'r', playbook: 'Test', mode, hosts, time: '2026-01-01T00:00:00.000Z' },
    { type: 'play', play: 'p', state: 'started', hosts: list },
    ...events,
    { type: 'play', play: 'p', state: 'finished', hosts: list },
    { type: 'summary', exitCode: 0, hosts: {}, durationMs: 0 },
  ]
}

/** What is written when these events are rendered. */
export const rendered = async (
  events: readonly Event[] | AsyncIterable<Event>,
  options: Partial<Omit<RenderOptions, 'stream'>> & { readonly rows?: number } = {},
): Promise<string> => {
  const { rows = 24, ...rest } = options
  let text = ''
  const sink = new Writable({
    write: (chunk, _encoding, done) => {
      text += String(chunk)
      done()
    },
  })
  const target = Object.assign(sink, { columns: 100, rows, isTTY: true })
  const given = { format: 'plain', diff: true, verbosity: 0, color: false, ...rest, stream: target } as const
  await render(Symbol.asyncIterator in events ? events : stream(events), given)
  return text
}
