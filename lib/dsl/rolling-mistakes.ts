import type { BatchSize } from './playbook.ts'
import type { RollingOptions } from './rolling.ts'

const DAY = 86_400

const isSize = (size: BatchSize): boolean => {
  if (typeof size === 'number') return Number.isInteger(size) && size >= 1
  const [, part] = /^(\d{1,3}(?:\.\d+)?)%$/.exec(size) ?? []
  return part !== undefined && Number(part) > 0 && Number(part) <= 100
}

const SIZE = "must be a whole number of at least 1, or more than '0%' and at most '100%'"

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
    ...(batch.every(isSize) ? [] : [`batch: ${SIZE}`]),
    ...(maxUnavailable === undefined || isSize(maxUnavailable) ? [] : [`maxUnavailable: ${SIZE}`]),
    ...(Number.isInteger(budget) && budget >= 1 ? [] : ['budget: must be a whole number of at least 1']),
    ...seconds('soakSeconds', soakSeconds, 'from 0'),
    ...times,
    ...(times.length === 0 && holdsSeconds >= withinSeconds
      ? [`gate: cannot hold for ${holdsSeconds} s within ${withinSeconds} s`]
      : []),
  ]
}
