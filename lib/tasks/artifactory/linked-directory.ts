import type { Facts } from '../../dsl/facts.ts'
import { path } from '../../facts/path.ts'

/**
 * The first link on the way from a directory, which counts too, down to a path in it. What lies behind a link is no part of
 * a copy.
 */
export const linkedDirectory = async (facts: Facts, directory: string, below: string): Promise<string | undefined> => {
  const names = below.split('/')
  const ways = [directory, ...names.map((_, i) => [directory, ...names.slice(0, i + 1)].join('/'))]
  const found = await Promise.all(ways.map(way => facts.get(path(way))))
  return ways.find((_, i) => found[i]?.type === 'link')
}
