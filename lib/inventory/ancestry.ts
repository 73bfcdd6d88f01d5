import type { Problem, SourceLocation } from '../errors.ts'

interface Node {
  readonly name: string
  readonly at: SourceLocation
  readonly children: ReadonlySet<string>
}

const parentsOf = (groups: ReadonlyMap<string, Node>): ReadonlyMap<string, readonly string[]> => {
  const parents = new Map<string, string[]>()
  for (const { name, children } of groups.values())
    if (name !== 'all') for (const child of children) parents.set(child, [...(parents.get(child) ?? []), name])
  return parents
}

/** Each group's parents, direct and above, without `all`. Circles are problems. */
export const ancestorsOf = (
  groups: ReadonlyMap<string, Node>,
  problems: Problem[],
): ReadonlyMap<string, ReadonlySet<string>> => {
  const parents = parentsOf(groups)
  const above = new Map<string, ReadonlySet<string>>()
  const climb = (name: string, chain: readonly string[]): ReadonlySet<string> => {
    const known = above.get(name)
    if (known) return known
    if (chain.includes(name)) {
      const circle = [name, ...chain.slice(chain.indexOf(name) + 1), name].reverse()
      problems.push({
        message: `groups contain each other in a circle: ${circle.join(' > ')}`,
        at: groups.get(name)!.at,
        hint: 'Remove one of the children entries.',
      })
      return new Set()
    }
    const direct = parents.get(name) ?? []
    const all = new Set(direct.flatMap(parent => [parent, ...climb(parent, [...chain, name])]))
    above.set(name, all)
    return all
  }
  for (const name of groups.keys()) climb(name, [])
  return above
}

/** The longest way down to each group from `all`. `ancestors` must be those of `ancestorsOf`. */
export const depthsOf = (
  groups: ReadonlyMap<string, Node>,
  ancestors: ReadonlyMap<string, ReadonlySet<string>>,
): ReadonlyMap<string, number> => {
  const depths = new Map<string, number>()
  // Whoever has more above it is further down, so that every group comes after those above it.
  const names = [...groups.keys()].sort((a, b) => (ancestors.get(a)?.size ?? 0) - (ancestors.get(b)?.size ?? 0))
  const parents = parentsOf(groups)
  for (const name of names)
    depths.set(name, 1 + Math.max(0, ...(parents.get(name) ?? []).map(parent => depths.get(parent) ?? 0)))
  return depths
}
