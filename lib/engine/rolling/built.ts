import type { Check } from '../../dsl/gate.ts'
import type { Item } from '../../dsl/item.ts'
import type { Play, PlayContext } from '../../dsl/playbook.ts'
import type { RollingOptions } from '../../dsl/rolling.ts'
import { type Problem, UsageError } from '../../errors.ts'
import type { Host } from '../../inventory/host.ts'
import { sizeOf } from '../batches.ts'
import type { Rules } from './roll.ts'

/** What a rolling play has for one host, beside its items. */
export interface BuiltNode {
  readonly host: Host
  readonly before: readonly Item[]
  readonly after: readonly Item[]
  readonly checks: readonly Check[]
}

/** Everything about a roll that is known before any connection. */
export interface BuiltRolling {
  readonly options: RollingOptions
  /** Every host of the play's groups, whatever the limit, in the order in which they are worked on. */
  readonly nodes: readonly BuiltNode[]
  /** See BuiltPlay. */
  handlers?(host: string): ReadonlySet<string>
}

const nodeOf = (host: Host, { before, after, gate }: RollingOptions, at: Play['at']): BuiltNode => {
  const context: PlayContext<unknown> = { host, vars: host.vars }
  const checks = gate.checks(context)
  if (checks.length === 0)
    throw new UsageError([{ message: `rolling: gate: no check for ${host.name}: whatever it does would pass`, at }])
  return { host, before: before(context), after: after(context), checks }
}

/**
 * `hosts`: every host of the play's groups, whatever the limit. Throws one UsageError with every mistake: an order without
 * one of them, a gate that asks nothing, a hook that cannot be made.
 */
export const buildRolling = (
  { at }: Pick<Play, 'at'>,
  options: RollingOptions,
  hosts: readonly Host[],
): BuiltRolling => {
  const problems: Problem[] = []
  const attempt = <T>(make: () => T): T | undefined => {
    try {
      return make()
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      problems.push(...error.problems)
      return undefined
    }
  }
  const order = attempt(() => options.order(hosts)) ?? []
  const ordered = hosts.toSorted((a, b) => order.indexOf(a.name) - order.indexOf(b.name))
  const nodes = ordered.map(host => attempt(() => nodeOf(host, options, at)))
  if (problems.length > 0) throw new UsageError(problems)
  return { options, nodes: nodes.filter(node => node !== undefined) }
}

/** Percentages are of all hosts of the play's groups. */
export const rulesOf = ({ options, nodes }: BuiltRolling): Rules => {
  const sizes = options.batch.map(size => sizeOf(size, nodes.length))
  const { maxUnavailable, budget } = options
  return {
    sizes,
    budget,
    maxUnavailable: maxUnavailable === undefined ? Math.max(...sizes) : sizeOf(maxUnavailable, nodes.length),
  }
}
