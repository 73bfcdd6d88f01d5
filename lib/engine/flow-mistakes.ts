import { tasksOf, withHandlers } from '../dsl/item.ts'
import type { Task } from '../dsl/task.ts'
import { type Problem, showLocation } from '../errors.ts'
import type { Host } from '../inventory/host.ts'
import { near } from '../inventory/near.ts'
import type { BuiltPlay } from './build.ts'
import { Steps } from './step.ts'

const delegation = ({ name, at, options }: Task<unknown>, hosts: readonly Host[]): readonly Problem[] => {
  const to = options.delegateTo
  // An empty name was said when the task was made.
  if (!to || hosts.some(host => host.name === to)) return []
  const members = hosts.filter(({ groups }) => groups.includes(to)).map(host => host.name)
  if (members.length === 1) return []
  const message = `${name}: delegateTo: ${to} is ${members.length > 1 ? `a group of ${members.length} hosts: ${members.join(', ')}` : 'neither a host nor a group of the inventory'}`
  const [close] = near(
    to,
    hosts.flatMap(host => [host.name, ...host.groups]),
  )
  const hint = members.length > 1 ? 'It must have exactly one.' : close && `Did you mean ${close}?`
  return [{ message, at, ...(hint && { hint }) }]
}

/**
 * What one host does for all must be what all would do: that is how the others know what they wait for. Makes sense only
 * where the list of each host could be made.
 */
export const onceMistakes = ({ play, hosts }: BuiltPlay): readonly Problem[] => {
  const perHost = hosts.map(({ host, items }) => {
    const steps = new Steps()
    const all = tasksOf(items).map(task => steps.add(task, undefined))
    return { host: host.name, all, keys: new Set(all.map(step => step.key)) }
  })
  const once = new Map(perHost.flatMap(({ all }) => all.filter(s => s.task.options.runOnce).map(s => [s.key, s.task])))
  const wrong = new Map<string, { readonly task: Task<unknown>; readonly hosts: Set<string> }>()
  for (const [key, task] of once)
    for (const { host, keys } of perHost) {
      const line = showLocation(task.at)
      if (!keys.has(key)) wrong.set(line, { task, hosts: (wrong.get(line)?.hosts ?? new Set()).add(host) })
    }
  return [...wrong.values()].map(({ task: { name, at }, hosts: without }) => ({
    message: `${name}: runOnce: it is not the same on all hosts of the play "${play.name}": see ${[...without].join(', ')}`,
    at,
    hint: 'Its params must not follow from the host. Use `when` for hosts that need it not.',
  }))
}

/** A journal, a plan and the jobs on a host know a play by its name. */
const twice = (plays: readonly BuiltPlay[]): readonly Problem[] =>
  plays.flatMap(({ play: { name, at } }, i) =>
    plays.slice(0, i).some(({ play }) => play.name === name)
      ? [{ message: `two plays are called "${name}"`, at, hint: 'What is done and what is owed is known by the name.' }]
      : [],
  )

/** What is wrong with plays as a whole, and can be known before any connection. `hosts`: all of the inventory. */
export const flowMistakes = (plays: readonly BuiltPlay[], hosts: readonly Host[]): readonly Problem[] => {
  const tasks = plays.flatMap(({ hosts: own, rolling }) => [
    ...own.flatMap(({ items }) => withHandlers(tasksOf(items))),
    ...(rolling?.nodes ?? []).flatMap(({ before, after }) => withHandlers(tasksOf([...before, ...after]))),
  ])
  return [...twice(plays), ...tasks.flatMap(task => delegation(task, hosts))]
}
