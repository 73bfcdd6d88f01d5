import { type Item, isBlock, isTask } from '../dsl/item.ts'
import { UsageError } from '../errors.ts'
import { near } from '../inventory/near.ts'
import type { BuiltPlay } from './build.ts'

type Matches = (title: string) => boolean

/** Of the tasks that a play can begin with: a rescue is not among them. */
const titlesOf = (items: readonly Item[]): readonly string[] =>
  items.flatMap(item => (isTask(item) ? [item.title] : isBlock(item) ? titlesOf(item.items) : []))

const titlesIn = (plays: readonly BuiltPlay[]): readonly string[] => [
  ...new Set(plays.flatMap(({ hosts }) => hosts.flatMap(({ items }) => titlesOf(items)))),
]

const matcher = (wanted: string, titles: readonly string[]): Matches => {
  if (titles.includes(wanted)) return title => title === wanted
  if (!/[*?]/.test(wanted)) return title => title.startsWith(wanted)
  const escaped = wanted.replace(/[.+^${}()|[\]\\]/g, '\\$&')
  const pattern = new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's')
  return title => pattern.test(title)
}

/** The list from the first task that matches on. Undefined: it has none. */
const from = (items: readonly Item[], matches: Matches): readonly Item[] | undefined => {
  for (const [i, item] of items.entries()) {
    if (isTask(item) && matches(item.title)) return items.slice(i)
    const rest = isBlock(item) ? from(item.items, matches) : undefined
    if (isBlock(item) && rest) return [Object.freeze({ ...item, items: rest }), ...items.slice(i + 1)]
  }
  return undefined
}

const wrong = (message: string, hint: string): never => {
  throw new UsageError([{ message, hint }])
}

const few = (titles: readonly string[]): string =>
  `${titles.slice(0, 6).join('; ')}${titles.length > 6 ? `; and ${titles.length - 6} more` : ''}`

const unknown = (wanted: string, titles: readonly string[]): never => {
  const close = near(wanted, titles)
  const holding = titles.filter(title => title.toLowerCase().includes(wanted.toLowerCase()))
  const candidates = close.length ? close : holding
  return wrong(
    `--start-at "${wanted}": no task has this title`,
    candidates.length ? `Did you mean: ${few(candidates)}?` : 'See --list-tasks.',
  )
}

/**
 * The plays from the first one that has the task on, and that one from the task on. Throws UsageError where nothing has it,
 * where it could be several, and where a host of the play lacks it: nobody knows then where that one should begin.
 */
export const startAt = (plays: readonly BuiltPlay[], wanted: string): readonly BuiltPlay[] => {
  const titles = titlesIn(plays)
  const matches = matcher(wanted, titles)
  const at = plays.findIndex(one => titlesIn([one]).some(matches))
  const first = plays[at]
  if (!first) return unknown(wanted, titles)

  const perHost = first.hosts.map(({ host, items }) => ({
    host,
    rest: from(items, matches),
    own: [...new Set(titlesOf(items).filter(matches))],
  }))
  // The same task may be called differently on each host: /data/a here, /data/b there.
  const here = titlesIn([first]).filter(matches)
  const later = titlesIn(plays.slice(at + 1)).filter(title => matches(title) && !here.includes(title))
  if (later.length > 0 || perHost.some(({ own }) => own.length > 1))
    return wrong(`--start-at "${wanted}" could be: ${few([...here, ...later])}`, 'Give the whole title.')

  const lacking = perHost.filter(({ rest }) => !rest).map(({ host }) => host.name)
  if (lacking.length > 0)
    return wrong(
      `--start-at "${wanted}": in the play "${first.play.name}", ${lacking.join(', ')} has no such task`,
      'Leave that host out with --limit, or begin at a task that all hosts of the play have.',
    )
  const hosts = perHost.map(({ host, rest = [] }) => ({ host, items: rest }))
  return [{ ...first, hosts }, ...plays.slice(at + 1)]
}
