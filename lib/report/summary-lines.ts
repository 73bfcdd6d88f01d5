import type { Counts, Outcome } from '../event.ts'
import type { Paint } from './paint.ts'
import type { Summary } from './renderer.ts'
import { type Mode, noCounts, outcomes, showDuration, showExit, styleOf, wordOf } from './words.ts'

/** The columns: `ignored` is there only where something was. */
export const columnsOf = (all: Counts): readonly (keyof Counts)[] => [
  ...outcomes,
  ...(all.ignored ? (['ignored'] as const) : []),
]

const add = (a: Counts, b: Counts): Counts => ({
  ...(Object.fromEntries(outcomes.map(outcome => [outcome, a[outcome] + b[outcome]])) as Record<Outcome, number>),
  ignored: (a.ignored ?? 0) + (b.ignored ?? 0),
})

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
  const headings = columnsOf(all).map(outcome => ({
    outcome,
    heading: outcome === 'ignored' ? outcome : wordOf(outcome, mode),
  }))
  const wide = first + headings.reduce((n, { heading }) => n + 2 + heading.length, 0) > columns
  const shown = headings.filter(({ outcome }) => !wide || !spare.has(outcome) || (all[outcome] ?? 0) > 0)
  const row = (name: string, counts: Counts): string =>
    name.padEnd(first) +
    shown
      .map(({ outcome, heading }) => {
        const count = counts[outcome] ?? 0
        const cell = String(count).padStart(heading.length)
        return `  ${count > 0 ? paint(styleOf[heading], cell) : cell}`
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
