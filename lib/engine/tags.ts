import { tasksOf } from '../dsl/item.ts'
import type { Task } from '../dsl/task.ts'
import type { Problem } from '../errors.ts'
import { suggest } from '../inventory/near.ts'
import type { BuiltPlay } from './build.ts'

/** Words with a meaning of their own. */
const special = ['all', 'always', 'never', 'tagged', 'untagged']

interface Wanted {
  readonly tags?: readonly string[] | undefined
  readonly skipTags?: readonly string[] | undefined
}

export interface TagFilter {
  chosen(task: Task<unknown>): boolean
  notSkipped(task: Task<unknown>): boolean
}

/**
 * Which tasks of a play run, as in Ansible: `always` runs unless it is skipped by that name, `never` only where `never` or
 * another of its tags is asked for. What is skipped wins.
 * Source: https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_tags.html
 */
export const tagFilter = ({ tags = [], skipTags = [] }: Wanted, ofPlay: readonly string[]): TagFilter => {
  const tagsOf = (task: Task<unknown>) => new Set([...ofPlay, ...(task.options.tags ?? [])])
  const wanted = tags.length ? tags : ['all']
  const asked = (own: ReadonlySet<string>): boolean => {
    if (own.has('always') || wanted.some(tag => own.has(tag))) return true
    if (own.has('never')) return false
    return wanted.includes('all') || wanted.includes(own.size ? 'tagged' : 'untagged')
  }
  const skipped = (own: ReadonlySet<string>): boolean =>
    skipTags.some(tag => own.has(tag)) ||
    (skipTags.includes('all') && !own.has('always')) ||
    skipTags.includes(own.size ? 'tagged' : 'untagged')
  return {
    chosen: task => asked(tagsOf(task)) && !skipped(tagsOf(task)),
    notSkipped: task => !skipped(tagsOf(task)),
  }
}

/** All tags of these plays and their tasks. */
export const knownTags = (plays: readonly BuiltPlay[]): ReadonlySet<string> =>
  new Set(
    plays.flatMap(({ play, hosts }) => [
      ...(play.options.tags ?? []),
      ...hosts.flatMap(({ items }) => tasksOf(items).flatMap(({ options }) => options.tags ?? [])),
    ]),
  )

/** A misspelt tag must be neither a run of nothing nor a run of what was to be skipped. */
export const unknownTags = (
  { tags = [], skipTags = [] }: Wanted,
  known: ReadonlySet<string>,
  elsewhere: () => ReadonlySet<string>,
): readonly Problem[] => {
  const strange = (list: readonly string[]) => list.filter(tag => !known.has(tag) && !special.includes(tag))
  const [wanted, skipped] = [strange(tags), strange(skipTags)]
  if (wanted.length + skipped.length === 0) return []
  const others = elsewhere()
  const problem = (option: string) => (tag: string) => ({
    message: `${option} ${tag}: no task has this tag`,
    ...suggest(tag, [...known, ...others]),
  })
  const nowhere = (list: readonly string[]) => list.filter(tag => !others.has(tag))
  return [...nowhere(wanted).map(problem('--tags')), ...nowhere(skipped).map(problem('--skip-tags'))]
}
