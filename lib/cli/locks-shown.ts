import { duration, holder, names, time } from '../lease/wording.ts'
import type { Paint } from '../report/paint.ts'
import { oneLine } from '../report/terminal-text.ts'
import { maskSecrets } from '../secret.ts'
import type { HostLocks, Seen } from './locks-host.ts'

const styles = {
  held: 'yellow',
  'run out': 'cyan',
  free: 'green',
  unreadable: 'red',
  unreachable: 'red',
  failed: 'red',
} as const

type Shown = keyof typeof styles

const plain = (text: string): string => oneLine(maskSecrets(text))

interface Row {
  readonly host: string
  readonly state: Shown
  readonly seen?: Seen
  readonly message?: string
}

/** A host with none that counts is free; of a host with two, each is a row. */
const rowsOf = ({ host, leases, problem }: HostLocks): readonly Row[] => {
  if (problem && problem.kind !== 'changed')
    return [{ host, state: problem.kind, message: [problem.message, problem.hint ?? ''].filter(Boolean).join('\n') }]
  const rows = leases.filter(({ state }) => state !== 'free').map(seen => ({ host, state: seen.state, seen }))
  if (rows.length > 0) return rows
  const last = leases.find(({ lease }) => lease?.state === 'broken')
  return [{ host, state: 'free', ...(last && { seen: last }) }]
}

const range = (values: readonly number[]): string => {
  const [least, most] = [Math.min(...values), Math.max(...values)]
  return duration(least) === duration(most) ? duration(most) : `${duration(least)} to ${duration(most)}`
}

const details = (rows: readonly Row[]): readonly string[] => {
  const [{ state, seen, message } = { state: 'free' as const, seen: undefined, message: undefined }] = rows
  if (message !== undefined) return message.split('\n').map(plain)
  if (state === 'unreadable') return ['what is there makes no sense; it keeps others off for one lease, and no longer']
  const lease = seen?.lease
  if (!seen || !lease) return []
  if (state === 'free')
    return [
      plain(
        `the lease of run ${lease.run} was broken by ${lease.owner}, from ${lease.from}, at ${time(lease.since)} UTC`,
      ),
    ]
  const lefts = rows.flatMap(row => (row.seen ? [Math.abs(row.seen.left)] : []))
  const since = Date.parse(lease.since) / 1000
  return [
    plain(holder(lease)),
    `since ${time(since)} UTC (${duration(seen.now - since)}), ${
      state === 'held'
        ? `runs out in ${range(lefts)} unless it is renewed`
        : `ran out ${range(lefts)} ago: free for whoever comes`
    }`,
  ]
}

const keyOf = ({ state, seen, message }: Row): string =>
  JSON.stringify([state, seen?.lease?.run, seen?.lease?.state, message])

/** Who holds what; hosts of the same run together. */
export const locksLines = (all: readonly HostLocks[], paint: Paint): readonly string[] => {
  const rows = all.flatMap(rowsOf)
  const groups = new Map<string, Row[]>()
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row])
  const order = Object.keys(styles)
  const sorted = [...groups.values()].sort((a, b) => order.indexOf(a[0]!.state) - order.indexOf(b[0]!.state))
  const counts = (Object.keys(styles) as Shown[])
    .map(state => ({ state, count: new Set(rows.filter(row => row.state === state).map(({ host }) => host)).size }))
    .filter(({ count }) => count > 0)
  return [
    ...sorted.flatMap(group => [
      `${paint(
        'bold',
        plain(
          names(
            group.map(({ host }) => host),
            20,
          ),
        ),
      )}: ${paint(styles[group[0]!.state], group[0]!.state)}`,
      ...details(group).map(line => `    ${line}`),
    ]),
    '',
    counts.map(({ state, count }) => paint(styles[state], `${count} ${state}`)).join(', '),
  ]
}

/** What `break` did, host by host. */
export const brokenLines = (all: readonly HostLocks[], run: string, paint: Paint): readonly string[] =>
  all.flatMap(({ host, leases, broken, problem }) => {
    const name = paint('bold', plain(host))
    const lease = leases.find(one => one.lease?.run === run && one.lease.state === 'held')?.lease
    const lines = lease ? [`${name}: ${plain(holder(lease))}`] : []
    if (broken.length > 0)
      lines.push(
        `    ${paint('green', 'broken')}: commands of that run are refused from now on (counter ${broken.join(', ')})`,
      )
    if (problem)
      lines.push(
        ...(lease ? [] : [`${name}: ${paint('red', problem.kind)}`]),
        ...[problem.message, problem.hint ?? ''].filter(Boolean).map(text => `    ${plain(text)}`),
      )
    return lines
  })
