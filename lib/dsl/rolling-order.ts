import { type SourceLocation, UsageError } from '../errors.ts'
import type { Host } from '../inventory/host.ts'

/** Smaller comes first, equals as in the inventory; or every host of the play, by name. */
export type Order<V> = ((a: Host<V>, b: Host<V>) => number) | readonly (string | Host<V>)[]

/** Throws UsageError: a host that nobody gave a place, or that is named twice, or not at all in the play. */
export const inOrder = <V>(
  hosts: readonly Host<V>[],
  order: Order<V> | undefined,
  at: SourceLocation,
): readonly Host<V>[] => {
  if (order === undefined) return hosts
  if (typeof order === 'function') return hosts.toSorted(checked(order, at))
  const names = order.map(one => (typeof one === 'string' ? one : one.name))
  const known = new Set(hosts.map(h => h.name))
  const problems = [
    ...hosts.filter(h => !names.includes(h.name)).map(h => `${h.name} is missing`),
    ...[...new Set(names)].filter(name => !known.has(name)).map(name => `${name} is no host of this play`),
    ...[...new Set(names.filter((name, i) => names.indexOf(name) !== i))].map(name => `${name} is there twice`),
  ]
  if (problems.length > 0) throw new UsageError(problems.map(p => ({ message: `rolling: order: ${p}`, at })))
  return hosts.toSorted((a, b) => names.indexOf(a.name) - names.indexOf(b.name))
}

/** NaN would be an order of nobody's choice. */
const checked =
  <V>(compare: (a: Host<V>, b: Host<V>) => number, at: SourceLocation) =>
  (a: Host<V>, b: Host<V>): number => {
    const result = compare(a, b)
    if (!Number.isNaN(result)) return result
    throw new UsageError([{ message: `rolling: order: ${a.name} against ${b.name} is not a number`, at }])
  }
