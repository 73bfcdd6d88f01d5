import { wrongSize } from './batch-size.ts'
import type { RollingOptions } from './rolling.ts'

const DAY = 86_400

const seconds = (name: string, value: number, least: 'from 0' | 'above 0'): readonly string[] =>
  value <= DAY && (value > 0 || (least === 'from 0' && value === 0))
    ? []
    : [`${name}: must be a number ${least} to ${DAY}`]

/** Everything that no host and no answer can make right, in words; numbers that a type lets through. */
export const mistakesOf = <V>(options: RollingOptions<V>): readonly string[] => {
  const { batch, maxUnavailable, soakSeconds, budget, gate } = options
  const { holdsSeconds, withinSeconds, everySeconds } = gate
  const times = [
    ...seconds('gate.holdsSeconds', holdsSeconds, 'from 0'),
    ...seconds('gate.withinSeconds', withinSeconds, 'above 0'),
    ...seconds('gate.everySeconds', everySeconds, 'above 0'),
  ]
  return [
    ...(batch.length === 0 ? ['batch: needs at least one size'] : []),
    ...new Set(batch.flatMap(size => (wrongSize(size) ? [`batch: ${wrongSize(size)}`] : []))),
    ...(maxUnavailable !== undefined && wrongSize(maxUnavailable)
      ? [`maxUnavailable: ${wrongSize(maxUnavailable)}`]
      : []),
    ...(Number.isInteger(budget) && budget >= 1 ? [] : ['budget: must be a whole number of at least 1']),
    ...seconds('soakSeconds', soakSeconds, 'from 0'),
    ...times,
    ...(times.length === 0 && holdsSeconds >= withinSeconds
      ? [`gate: cannot hold for ${holdsSeconds} s within ${withinSeconds} s`]
      : []),
  ]
}
