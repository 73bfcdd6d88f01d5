import type { Result } from './campaign.ts'

/** One line a kind: how many faults were injected, how many of them found something, and the most memory of a controller. */
export const table = (results: readonly Result[]): string => {
  const row = (name: string, some: readonly Result[]): readonly string[] => [
    name,
    String(some.length),
    String(some.filter(r => r.findings.length > 0).length),
    `${Math.round(Math.max(0, ...some.map(r => r.mostKib)) / 1024)} MiB`,
  ]
  const names = [...new Set(results.map(r => r.kind))]
  const rows = [
    ['kind', 'faults', 'findings', 'controller'],
    ...names.map(name =>
      row(
        name,
        results.filter(r => r.kind === name),
      ),
    ),
    row('all', results),
  ]
  const widths = [0, 1, 2, 3].map(i => Math.max(...rows.map(r => (r[i] ?? '').length)))
  return rows
    .map(r => r.map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0))).join('  '))
    .join('\n')
}
