import { type Item, isBlock, isTask, tasksOf } from '../dsl/item.ts'
import { UsageError } from '../errors.ts'
import type { BuiltPlay } from './build.ts'
import { startAt } from './start-at.ts'
import { knownTags, type TagFilter, tagFilter, unknownTags } from './tags.ts'

/** Which tasks of a playbook take part. Everything left out: all but those tagged `never`. */
export interface Selection {
  readonly tags?: readonly string[] | undefined
  readonly skipTags?: readonly string[] | undefined
  /** The title of a task, what only that title begins with, or a pattern with * and ?. */
  readonly startAt?: string | undefined
}

/**
 * What a filter leaves of a list. A block is chosen by what it tries: its rescue and its always belong to that and go with
 * it, unless they are named to be skipped. Where nothing of it is tried, its always counts like tasks beside it.
 */
const filtered = (items: readonly Item[], filter: TagFilter): readonly Item[] =>
  items.flatMap((item): readonly Item[] => {
    if (isTask(item)) return filter.chosen(item) ? [item] : []
    if (!isBlock(item)) return [item]
    const tried = filtered(item.items, filter)
    if (tasksOf(tried).length === 0) return filtered(item.always, filter)
    const follow = { chosen: filter.notSkipped, notSkipped: filter.notSkipped }
    const [rescue, always] = [filtered(item.rescue, follow), filtered(item.always, follow)]
    return [Object.freeze({ ...item, items: tried, rescue, always })]
  })

const countOf = (plays: readonly BuiltPlay[]): number =>
  plays.reduce((sum, { hosts }) => hosts.reduce((n, { items }) => n + tasksOf(items).length, sum), 0)

const given = ({ tags = [], skipTags = [], startAt: title }: Selection): string =>
  [
    ...(tags.length ? [`--tags ${tags.join(',')}`] : []),
    ...(skipTags.length ? [`--skip-tags ${skipTags.join(',')}`] : []),
    ...(title === undefined ? [] : [`--start-at "${title}"`]),
  ].join(' ')

/**
 * The plays with the tasks that take part; what is left out is in no list. A host that is left without a task takes no part
 * in the play, and a play without hosts is gone. Throws UsageError for a tag or a title that nothing has, and for nothing
 * left: a run of nothing would look like success. `elsewhere`: tags of hosts that are not among the plays'.
 */
export const select = (
  plays: readonly BuiltPlay[],
  selection: Selection,
  elsewhere: () => ReadonlySet<string>,
): readonly BuiltPlay[] => {
  const problems = unknownTags(selection, knownTags(plays), elsewhere)
  if (problems.length > 0) throw new UsageError(problems)
  const begun = selection.startAt === undefined ? plays : startAt(plays, selection.startAt)
  const chosen = begun.flatMap((one): readonly BuiltPlay[] => {
    const filter = tagFilter(selection, one.play.options.tags ?? [])
    const hosts = one.hosts.flatMap(({ host, items }) => {
      const left = filtered(items, filter)
      return tasksOf(left).length > 0 || tasksOf(items).length === 0 ? [{ host, items: left }] : []
    })
    return hosts.length > 0 || one.hosts.length === 0 ? [{ ...one, hosts }] : []
  })
  if (countOf(plays) > 0 && countOf(chosen) === 0) {
    const what = given(selection)
    throw new UsageError([
      {
        message: what ? `${what} leaves no task` : 'every task is tagged never, and none is asked for',
        hint: 'See --list-tasks, and which tags they have. Tasks that are tagged never run only with -t and a tag of theirs.',
      },
    ])
  }
  return chosen
}
