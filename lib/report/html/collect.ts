import type { Counts, Event, Recorded } from '../../event.ts'
import { noCounts, outcomes, showExit } from '../words.ts'
import { Links } from './links.ts'
import { Notes } from './notes.ts'
import { Numbered } from './numbered.ts'
import { type Play, type Report, words } from './report.ts'
import { RollingNodes } from './rolling-nodes.ts'
import { TaskRows } from './task-rows.ts'
import { visibleLine } from './visible.ts'

type Run = Extract<Event, { type: 'run' }>
type Summary = Extract<Event, { type: 'summary' }>
const nobody: Run = { type: 'run', run: '', playbook: 'A run', mode: 'apply', hosts: [], time: '' }

const verdict = (summary: Summary | undefined, mode: Run['mode']): string => {
  if (!summary) return 'did not end: the records stop here'
  const all = Object.values(summary.hosts)
  const total = outcomes.map(outcome => [outcome, all.reduce((sum, counts) => sum + counts[outcome], 0)])
  return showExit(summary.exitCode, { ...noCounts, ...(Object.fromEntries(total) as Partial<Counts>) }, mode)
}

/** What the page shows of a run. Records without an end are a run that was killed, and shown as that. */
export const collect = (records: readonly Recorded[]): Report => {
  const first = records.findLastIndex(({ event }) => event.type === 'run')
  // A journal that goes on with an older run's shows the newer one: the older one has a report of its own.
  const own = records.slice(Math.max(0, first))
  const start = Date.parse(own[0]?.time ?? '') || 0
  const run = own.map(r => r.event).find(e => e.type === 'run') ?? nobody
  const hosts = new Numbered<string>(name => name)
  const texts = new Numbered<string>(text => text)
  for (const host of run.hosts) hosts.of(host)

  const plays: { -readonly [K in keyof Play]: Play[K] }[] = []
  const playOf = (name: string): number => plays.findLastIndex(play => play.name === name)
  const rows = new TaskRows(run.mode, hosts, texts, playOf)
  const links = new Links(hosts)
  const rolling = new RollingNodes(hosts, texts)
  const notes = new Notes(hosts, texts)
  let summary: Summary | undefined
  let end = 0

  for (const { time, event } of own) {
    // A clock that was set back must not turn the page inside out.
    const at = Math.max(end, (Date.parse(time) || 0) - start)
    end = at
    switch (event.type) {
      case 'play':
        if (event.state === 'started') plays.push({ name: event.play, start: at })
        else if (plays[playOf(event.play)]) plays[playOf(event.play)]!.end = at
        break
      case 'host':
        links.add(event, at)
        break
      case 'unreachable':
        links.unreachable(event.host, at)
        rows.unreachable(event.host, event.error, plays.length - 1, at)
        break
      case 'task':
        rows.task(event, at)
        break
      case 'sent':
        rows.sent(event)
        break
      case 'output':
        rows.output(event)
        break
      case 'rolling':
        rolling.add(event, at)
        break
      case 'notice':
      case 'lease':
      case 'handler':
      case 'preflight':
      case 'refused':
        notes.add(event, at)
        break
      case 'summary':
        summary = event
        break
      case 'run':
      case 'handed':
        break
      default:
        event satisfies never
    }
  }
  rows.close(end)

  return {
    run: visibleLine(run.run),
    ...(run.origin && { command: visibleLine(run.origin.command), controller: visibleLine(run.origin.controller) }),
    playbook: visibleLine(run.playbook),
    mode: run.mode,
    ...(run.resumes !== undefined && { resumes: visibleLine(run.resumes) }),
    start,
    end,
    ...(summary && { exitCode: summary.exitCode }),
    verdict: verdict(summary, run.mode),
    hosts: hosts.values.map(visibleLine),
    plays: plays.map(play => ({ ...play, name: visibleLine(play.name) })),
    ...rows.report(),
    words,
    links: links.list,
    rolling: rolling.list(),
    notes: notes.list(),
    texts: texts.values,
  }
}
