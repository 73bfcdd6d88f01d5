import type { Counts } from '../event.ts'
import type { Paint } from './paint.ts'
import type { Summary } from './renderer.ts'
import { type Mode, noCounts, outcomes, showDuration, showExit, styleOf, wordOf } from './words.ts'

const add = (a: Counts, b: Counts): Counts =>
  Object.fromEntries(outcomes.map(outcome => [outcome, a[outcome] + b[outcome]])) as Record<keyof Counts, number>

export const total = (hosts: Summary['hosts']): Counts => Object.values(hosts).reduce(add, noCounts)

/** Columns that are left out where the table is too wide for the terminal and they say nothing. */
const spare = new Set<keyof Counts>(['skipped', 'unreachable', 'unknown'])

/** A row a host, their total, and in words how it went. `columns`: width of the terminal, if there is one. */
export const summaryLines = (
  { hosts, exitCode, durationMs }: Summary,
  mode: Mode,
  paint: Paint,
  columns = Number.POSITIVE_INFINITY,
): readonly string[] => {
  const all = total(hosts)
  const names = [...Object.keys(hosts), 'total']
  const first = Math.max(...names.map(name => name.length))
  const headings = outcomes.map(outcome => ({ outcome, heading: wordOf(outcome, mode) }))
  const wide = first + headings.reduce((n, { heading }) => n + 2 + heading.length, 0) > columns
  const shown = headings.filter(({ outcome }) => !wide || !spare.has(outcome) || all[outcome] > 0)
  const row = (name: string, counts: Counts): string =>
    name.padEnd(first) +
    shown
      .map(({ outcome, heading }) => {
        const cell = String(counts[outcome]).padStart(heading.length)
        return `  ${counts[outcome] > 0 ? paint(styleOf[heading], cell) : cell}`
      })
      .join('')
  return [
    '',
    paint('bold', ' '.repeat(first) + shown.map(({ heading }) => `  ${heading}`).join('')),
    ...Object.entries(hosts).map(([name, counts]) => row(name, counts)),
    ...(names.length > 2 ? [row('total', all)] : []),
    '',
    `${paint(exitCode === 0 ? 'green' : 'red', showExit(exitCode, all, mode))}, ${showDuration(durationMs)}`,
  ]
}
