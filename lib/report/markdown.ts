import type { ErrorReport, Recorded } from '../event.ts'
import { diffBlock } from './diff-block.ts'
import { failureLines } from './failure-lines.ts'
import { details, fence, inline } from './markdown-text.ts'
import { type Ended, type Outline, outline } from './outline.ts'
import { painter } from './paint.ts'
import { inShort } from './recap.ts'
import { rollingText } from './rolling-text.ts'
import { columnsOf, total } from './summary-lines.ts'
import { type Mode, showDuration, showExit, showHosts, type Word, wordOf } from './words.ts'

const plain = painter(false)
/** Lines of a change's diffs that are shown. */
const MOST_LINES = 200
/** Bytes for the line that says how much is left out. */
const SPARE = 80

interface Entry {
  readonly word: Word
  readonly event: Ended
  readonly hosts: string[]
}

const wrong: ReadonlySet<Word> = new Set(['failed', 'refused', 'unreachable', 'unknown', 'ignored'])

/** What tasks came to, the same on several hosts once. What was ok has nothing to say. */
const entriesOf = ({ plays }: Outline, mode: Mode): readonly Entry[] => {
  const groups = new Map<string, Entry>()
  const tasks = plays.flatMap(({ hosts }) => [...hosts.values()].flatMap(host => host.tasks))
  for (const { ended } of tasks) {
    if (!ended || ended.outcome === 'ok' || ended.outcome === 'skipped') continue
    const { outcome, error, action, ignored, rescued, changes, reason, play, index, title } = ended
    const word = wordOf(outcome, mode, {
      kind: error?.kind,
      action,
      ignored: ignored ?? false,
      rescued: rescued ?? false,
    })
    const key = JSON.stringify([word, play, index, title, changes, error, reason])
    const entry = groups.get(key) ?? { word, event: ended, hosts: [] }
    entry.hosts.push(ended.host)
    groups.set(key, entry)
  }
  return [...groups.values()]
}

const titleOf = ({ word, event, hosts }: Entry): string =>
  `${word} on ${inline(showHosts(hosts))}: ${inline(event.title)}${event.handler ? ' (handler)' : ''}`

const troubleOf = (entry: Entry): string => {
  const { error, reason } = entry.event
  const lines = error ? failureLines(error, entry.event, 1, plain) : [reason ?? 'no reason given']
  const said = error ? `: ${inline(inShort(error))}` : ''
  return details(`<b>${entry.word}</b>${titleOf(entry).slice(entry.word.length)}${said}`, fence(lines.join('\n')))
}

const changeOf = (entry: Entry, mode: Mode): string => {
  const lines = entry.event.changes.flatMap(change => diffBlock(change, mode === 'check'))
  const left = lines.length - MOST_LINES
  const shown = left > 0 ? [...lines.slice(0, MOST_LINES), `# … and ${left} more lines`] : lines
  return shown.length > 0 ? details(titleOf(entry), fence(shown.join('\n'), 'diff')) : `- ${titleOf(entry)}\n`
}

const hostsTable = ({ summary }: Outline, mode: Mode): string => {
  if (!summary) return ''
  const columns = columnsOf(total(summary.hosts))
  const rows = Object.entries(summary.hosts).map(
    ([host, counts]) => `| ${inline(host)} | ${columns.map(column => counts[column] ?? 0).join(' | ')} |\n`,
  )
  const heading = columns.map(column => (column === 'ignored' ? column : wordOf(column, mode))).join(' | ')
  return `| host | ${heading} |\n|---|${'--:|'.repeat(columns.length)}\n${rows.join('')}\n`
}

const block = (error: ErrorReport): string => fence(failureLines(error, undefined, 1, plain).join('\n'))

/** What no task came to: hosts that were not reached, nodes that stay out, and what is owed. */
const aside = (run: Outline): readonly string[] => {
  const hosts = run.plays.flatMap(play => [...play.hosts.values()])
  const unreachable = [
    ...run.unreachable,
    ...hosts.flatMap(({ host, unreachable }) => (unreachable ? [{ host, error: unreachable.error }] : [])),
  ]
  const said = (text: string | undefined) => (text ? `  \n  ${inline(text)}` : '')
  return [
    ...run.refused.map(error => details(`<b>refused</b>: ${inline(error.message)}`, block(error))),
    ...run.preflight.map(
      ({ host, message, hint }) => `- preflight, ${inline(host)}: ${inline(message)}${said(hint)}\n`,
    ),
    ...unreachable.map(({ host, error }) =>
      details(`<b>unreachable</b>: ${inline(host)}: ${inline(error.message)}`, block(error)),
    ),
    ...hosts.flatMap(({ host, rolling }) =>
      rolling?.state === 'failed' ? [`- <b>failed</b>: ${inline(host)}: ${inline(rollingText(rolling))}\n`] : [],
    ),
    ...run.leasesLost.map(host => `- <b>the lease was lost</b> on ${inline(host)}\n`),
    ...run.owed.map(({ title, hosts }) => `- <b>owed</b> on ${inline(showHosts(hosts))}: ${inline(title)} (handler)\n`),
  ]
}

const headOf = ({ run, summary, startMs, endMs }: Outline, mode: Mode): string => {
  const went = summary
    ? showExit(summary.exitCode, total(summary.hosts), mode)
    : 'the record ends before the run did: nobody knows how it went'
  const took = showDuration(summary?.durationMs ?? endMs - startMs)
  return `### ${inline(run?.playbook ?? 'run')}: ${went}\n\n${mode === 'check' ? 'check' : 'run'} ${inline(run?.run ?? '')}, ${took}\n\n`
}

const bytes = (text: string): number => Buffer.byteLength(text)

/** A section's items, as many as fit, and how many do not. They are made as they are needed: of a large run most are not. */
const fitting = (heading: string, items: readonly (() => string)[], room: number): string => {
  if (items.length === 0) return ''
  const parts = [`#### ${heading}\n\n`]
  let used = bytes(parts.join('')) + SPARE
  for (const [i, make] of items.entries()) {
    const item = make()
    used += bytes(item)
    if (used > room) return [...parts, `\nand ${items.length - i} more, which do not fit here\n\n`].join('')
    parts.push(item)
  }
  return [...parts, '\n'].join('')
}

/**
 * A run in Markdown, for a step summary or a comment: hosts, what went wrong with all that is known of it, changes with their
 * diffs. `limit`: bytes; what goes beyond is left out from the end, and said. Expects events that are fit for a terminal.
 */
export const markdown = (records: readonly Recorded[], { limit }: { readonly limit: number }): string => {
  const run = outline(records)
  const mode = run.run?.mode ?? 'apply'
  const entries = entriesOf(run, mode)
  // In check mode unknown is what planning cannot foresee.
  const isWrong = ({ word }: Entry) => wrong.has(word) && !(word === 'unknown' && mode === 'check')
  const sections: readonly (readonly [string, readonly (() => string)[]])[] = [
    [
      'What went wrong',
      [...aside(run).map(said => () => said), ...entries.filter(isWrong).map(entry => () => troubleOf(entry))],
    ],
    ['Rescued', entries.filter(({ word }) => word === 'rescued').map(entry => () => troubleOf(entry))],
    [
      'Changes',
      entries.filter(({ word }) => !wrong.has(word) && word !== 'rescued').map(entry => () => changeOf(entry, mode)),
    ],
    [
      'Not known before the run',
      entries.filter(e => wrong.has(e.word) && !isWrong(e)).map(e => () => `- ${titleOf(e)}\n`),
    ],
  ]
  const head = headOf(run, mode)
  const table = hostsTable(run, mode)
  if (bytes(head) > limit) return ''
  let text = bytes(head) + bytes(table) <= limit ? head + table : head
  for (const [heading, items] of sections) {
    const section = fitting(heading, items, limit - bytes(text))
    if (bytes(text) + bytes(section) <= limit) text += section
  }
  return text
}
