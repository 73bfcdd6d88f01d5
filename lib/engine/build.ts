import type { Play, Playbook } from '../dsl/playbook.ts'
import type { Task } from '../dsl/task.ts'
import { BatonError, type Problem, showLocation, UsageError } from '../errors.ts'
import type { Host } from '../inventory/host.ts'

/** A play with the tasks of each of its hosts: everything that is known before any connection. */
export interface BuiltPlay {
  readonly play: Play
  readonly hosts: readonly { readonly host: Host; readonly tasks: readonly Task<unknown>[] }[]
}

const key = (p: Problem): string => `${p.at ? showLocation(p.at) : ''} ${p.message}`

/**
 * The plays of a playbook for these hosts. Throws one UsageError with every mistake of every play and host.
 * `limit`: names of the hosts that take part; the others only lend their facts.
 */
export const build = (
  playbook: Playbook,
  hosts: readonly Host[],
  limit?: ReadonlySet<string>,
): readonly BuiltPlay[] => {
  const problems = new Map<string, Problem>()
  const attempt = <T>(make: () => T, otherwise: T): T => {
    try {
      return make()
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      for (const p of error.problems) problems.set(key(p), p)
      return otherwise
    }
  }
  const inGroup = (group: string) => hosts.filter(h => h.groups.includes(group))
  const only = (group: string): Host => {
    const [first, ...others] = inGroup(group)
    if (first && others.length === 0) return first
    const found = first ? `has ${others.length + 1}: ${[first, ...others].map(h => h.name).join(', ')}` : 'has none'
    throw new UsageError([
      {
        message: `group ${group} must have exactly one host, and ${found}`,
        at: playbook.at,
        hint: 'Correct the inventory.',
      },
    ])
  }
  const plays = attempt(() => playbook.plays({ hosts: inGroup, only }), [])
  const built = plays.map(play => {
    const groups = [play.options.hosts].flat()
    const members = hosts.filter(h => groups.some(g => h.groups.includes(g)) && (limit?.has(h.name) ?? true))
    return {
      play,
      hosts: members.map(host => ({ host, tasks: attempt(() => play.tasks({ host, vars: host.vars }), []) })),
    }
  })
  if (problems.size > 0) throw new UsageError([...problems.values()])
  if (built.every(p => p.hosts.length === 0))
    throw new BatonError('no host is left to work on', { hint: 'See --limit and the groups of the inventory.' })
  return built
}
