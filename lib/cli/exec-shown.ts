import type { Paint } from '../report/paint.ts'
import { forTerminal, oneLine } from '../report/terminal-text.ts'
import { showDuration } from '../report/words.ts'
import { maskSecrets } from '../secret.ts'
import type { Outcome } from './exec-host.ts'

const styles = { ok: 'green', failed: 'red', unreachable: 'red', unknown: 'magenta', skipped: 'gray' } as const

const name = (host: string): string => oneLine(maskSecrets(host))

/** `exit code 2`, `unreachable`: in few words. */
const word = ({ state, code }: Outcome): string =>
  code === undefined ? state : code === 0 ? 'ok' : `exit code ${code}`

const indent = (text: string, by: number): readonly string[] =>
  text === ''
    ? []
    : forTerminal(text.replace(/\n$/, ''))
        .split('\n')
        .map(line => `${' '.repeat(by)}${line}`.trimEnd())

/** Hosts with the same outcome, in the order of their first; those that failed come last, where a reader looks first. */
const grouped = (outcomes: readonly Outcome[]): readonly (readonly Outcome[])[] => {
  const groups = new Map<string, Outcome[]>()
  for (const outcome of outcomes) {
    const { host: _, durationMs: __, ...same } = outcome
    const key = JSON.stringify(same)
    groups.set(key, [...(groups.get(key) ?? []), outcome])
  }
  const all = [...groups.values()]
  const well = (group: readonly Outcome[]) => group[0]?.state === 'ok'
  return [...all.filter(well), ...all.filter(group => !well(group))]
}

/** The line that is shown as soon as a host has ended. */
export const endedLine = (outcome: Outcome): string =>
  `${name(outcome.host)}: ${word(outcome)} after ${showDuration(outcome.durationMs)}`

const groupLines = (group: readonly Outcome[], paint: Paint): readonly string[] => {
  const [first] = group
  if (!first) return []
  const { state, stdout, stderr, droppedBytes, message, hint } = first
  const count = group.length > 1 ? ` (${group.length} hosts)` : ''
  const names = group.map(({ host }) => name(host)).join(', ')
  return [
    `${paint('bold', names)}${count}: ${paint(styles[state], word(first))}`,
    ...indent(message ?? '', 4),
    ...indent(hint ?? '', 4),
    ...indent(stdout, 4),
    ...(stderr && [paint('gray', '  stderr'), ...indent(stderr, 4)]),
    ...(droppedBytes > 0 ? [paint('gray', `  and ${droppedBytes} bytes more, which were not kept`)] : []),
    '',
  ]
}

/** Every outcome once, with the names of the hosts that have it, and how many of each kind there are. */
export const outcomeLines = (outcomes: readonly Outcome[], paint: Paint): readonly string[] => {
  const counts = (Object.keys(styles) as Outcome['state'][])
    .map(state => ({ state, count: outcomes.filter(one => one.state === state).length }))
    .filter(({ count }) => count > 0)
    .map(({ state, count }) => paint(styles[state], `${count} ${state}`))
  return [...grouped(outcomes).flatMap(group => groupLines(group, paint)), counts.join(', ')]
}
