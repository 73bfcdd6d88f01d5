import { type Item, tasksOf } from '../dsl/item.ts'
import { collecting } from '../dsl/mistakes.ts'
import type { Play, Playbook } from '../dsl/playbook.ts'
import { isRolling } from '../dsl/rolling.ts'
import { BatonError, type Problem, showLocation, UsageError } from '../errors.ts'
import type { Host } from '../inventory/host.ts'
import { flowMistakes, onceMistakes } from './flow-mistakes.ts'
import { mayBeNotified } from './notified.ts'
import { type BuiltRolling, buildRolling } from './rolling/built.ts'
import { type Selection, select } from './select.ts'
import { handlerDigest } from './step.ts'
import { knownTags } from './tags.ts'

/** A play with the tasks of each of its hosts: everything that is known before any connection. */
export interface BuiltPlay {
  readonly play: Play
  readonly hosts: readonly { readonly host: Host; readonly items: readonly Item[] }[]
  /** Digests of all handlers that the play has for a host, whichever tasks take part. */
  handlers(host: string): ReadonlySet<string>
  /** Set for a play that rolls. */
  readonly rolling?: BuiltRolling
}

const key = (p: Problem): string => `${p.at ? showLocation(p.at) : ''} ${p.message}`

const hostsOf = (play: Play, hosts: readonly Host[]): readonly Host[] => {
  const groups = [play.options.hosts].flat()
  return hosts.filter(host => groups.some(group => host.groups.includes(group)))
}

const itemsOf = (play: Play, host: Host): readonly Item[] => play.items({ host, vars: host.vars })

const isPlay = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && 'items' in value && 'options' in value

/** No type is checked when a playbook runs. Throws UsageError for what are no plays. */
const playsOf = (playbook: Playbook, given: unknown): readonly Play[] => {
  const fail = (message: string) => new UsageError([{ message: `plays: ${message}`, at: playbook.at }])
  if (given instanceof Promise) {
    given.catch(() => undefined)
    throw fail('the function is async; it must give the list itself, and not a promise')
  }
  if (!Array.isArray(given)) throw fail('must give a list of plays')
  const wrong = given.findIndex(value => !isPlay(value))
  if (wrong >= 0) throw fail(`entry ${wrong + 1} is not a play`)
  return given
}

/** A play with all of its hosts, whatever the limit. Where a host's list cannot be made, it is none of this run's mistakes. */
const whole = (play: Play, hosts: readonly Host[]): BuiltPlay => ({
  play,
  handlers: () => new Set(),
  hosts: hostsOf(play, hosts).map(host => {
    try {
      return { host, items: itemsOf(play, host) }
    } catch {
      return { host, items: [] }
    }
  }),
})

/**
 * The plays of a playbook for these hosts. Throws one UsageError with every mistake of every play and host.
 * `limit`: names of the hosts that take part; the others only lend their facts. `selection`: which tasks do. What this
 * gives is what runs, so that a list of it is exact.
 */
export const build = (
  playbook: Playbook,
  hosts: readonly Host[],
  limit?: ReadonlySet<string>,
  selection: Selection = {},
): readonly BuiltPlay[] => {
  const problems = new Map<string, Problem>()
  const attempt = <T>(make: () => T, otherwise: T): T => {
    const { made = otherwise, problems: found } = collecting(make)
    for (const p of found) problems.set(key(p), p)
    return made
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
  const plays = attempt(() => playsOf(playbook, playbook.plays({ hosts: inGroup, only })), [])
  const built = plays.map(play => {
    const members = hostsOf(play, hosts).filter(({ name }) => limit?.has(name) ?? true)
    const items = members.map(host => ({ host, items: attempt(() => itemsOf(play, host), []) }))
    const rolling = isRolling(play) && attempt(() => buildRolling(play, play.rolling, hostsOf(play, hosts)), undefined)
    const handlers = (name: string): ReadonlySet<string> => {
      const node = rolling ? rolling.nodes.find(({ host }) => host.name === name) : undefined
      const own = items.find(({ host }) => host.name === name)?.items ?? []
      const all = [...(node?.before ?? []), ...own, ...(node?.after ?? [])]
      return new Set(mayBeNotified(tasksOf(all)).map(handlerDigest))
    }
    return { play, hosts: items, handlers, ...(rolling && { rolling: { ...rolling, handlers } }) }
  })
  const listed = problems.size === 0
  const wrong = [...flowMistakes(built, hosts), ...(listed ? built.flatMap(onceMistakes) : [])]
  for (const p of wrong) problems.set(key(p), p)
  if (problems.size > 0) throw new UsageError([...problems.values()])
  if (built.every(p => p.hosts.length === 0))
    throw new BatonError('no host is left to work on', { hint: 'See --limit and the groups of the inventory.' })
  return select(built, selection, () => knownTags(plays.map(play => whole(play, hosts))))
}
