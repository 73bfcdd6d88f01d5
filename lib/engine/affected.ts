import { tasksOf, withHandlers } from '../dsl/item.ts'
import type { BuiltPlay } from './build.ts'
import { userOf } from './host-play.ts'
import type { HostState } from './host-state.ts'

/** A host that a run may change, and the users that would do it. */
export interface Affected {
  readonly state: HostState
  /** Undefined: the login user. */
  readonly users: readonly (string | undefined)[]
  /** It is only rolled: where it cannot be reached, that is a failure of the roll, and not of the run. */
  readonly spare: boolean
}

/** Every host that a task of these plays may change, in the order of their names. */
export const affectedBy = (plays: readonly BuiltPlay[], find: (name: string) => HostState): readonly Affected[] => {
  const users = new Map<string, Set<string | undefined>>()
  const needed = new Set<string>()
  for (const { play, hosts, rolling } of plays)
    for (const { host, items } of hosts) {
      const node = rolling?.nodes.find(one => one.host === host)
      const all = tasksOf([...items, ...(node?.before ?? []), ...(node?.after ?? [])])
      for (const { options } of withHandlers(all)) {
        const name = options.delegateTo === undefined ? host.name : find(options.delegateTo).host.name
        const as = userOf(options.become ?? play.options.become)
        users.set(name, (users.get(name) ?? new Set()).add(as))
        if (!rolling || name !== host.name) needed.add(name)
      }
    }
  return [...users]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, some]) => ({ state: find(name), users: [...some], spare: !needed.has(name) }))
}
