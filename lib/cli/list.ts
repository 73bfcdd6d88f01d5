import { type Item, isBlock, isTask } from '../dsl/item.ts'
import type { Playbook } from '../dsl/playbook.ts'
import type { Task } from '../dsl/task.ts'
import { type BuiltPlay, build } from '../engine/build.ts'
import type { Selection } from '../engine/select.ts'
import type { Host } from '../inventory/host.ts'
import { oneLine } from '../report/terminal-text.ts'
import { maskSecrets } from '../secret.ts'
import { playbookMistake } from './playbook-mistake.ts'

/** As the gate does for a run: what a playbook or an inventory made may hold a secret, or steer the terminal. */
const safe = (text: string): string => oneLine(maskSecrets(text))

/** --list-hosts */
export const listHosts = (hosts: readonly Host[]): string => {
  const width = Math.max(...hosts.map(({ name }) => name.length))
  return hosts.map(({ name, groups }) => `${safe(name.padEnd(width))}  ${safe(groups.join(', '))}\n`).join('')
}

/** One task of the list: what it does, and what decides whether it runs. */
const taskLine = (task: Task<unknown>, playTags: readonly string[]): string => {
  const { title, name, options } = task
  const tags = [...new Set([...playTags, ...(options.tags ?? [])])]
  const notes = [
    ...(tags.length ? [`tags: ${tags.join(', ')}`] : []),
    ...(options.runOnce ? [`once a ${options.runOnce}`] : []),
    ...(options.delegateTo === undefined ? [] : [`done on ${options.delegateTo}`]),
    ...(options.when === false ? ['skipped: its condition is false'] : []),
  ]
  return `${title}${title.startsWith(name) ? '' : ` (${name})`}${notes.map(note => `  [${note}]`).join('')}`
}

/** The tasks of a list in order, those of blocks further in. */
const itemLines = (items: readonly Item[], playTags: readonly string[]): readonly string[] =>
  items.flatMap(item => {
    if (isTask(item)) return [safe(taskLine(item, playTags))]
    if (!isBlock(item)) return ['(notified handlers run here)']
    const part = (word: string, own: readonly Item[]) =>
      own.length ? [word, ...itemLines(own, playTags).map(line => `  ${line}`)] : []
    return [
      ...part(safe(item.name === undefined ? 'block' : `block ${item.name}`), item.items),
      ...part('rescue, if that fails', item.rescue),
      ...part('always, behind it', item.always),
    ]
  })

/** A throw of the playbook is told with its line, as before a run. */
const built = (...[playbook, ...rest]: Parameters<typeof build>): readonly BuiltPlay[] => {
  try {
    return build(playbook, ...rest)
  } catch (error) {
    throw playbookMistake(error, playbook.at)
  }
}

/** --list-tasks: exactly what would run. Hosts that have the same tasks are listed together. */
export const listTasks = (
  playbook: Playbook,
  hosts: readonly Host[],
  limit?: ReadonlySet<string>,
  selection: Selection = {},
): string => {
  const lines = built(playbook, hosts, limit, selection).flatMap(({ play, hosts: members }) => {
    const alike = new Map<string, string[]>()
    for (const { host, items } of members) {
      const text = itemLines(items, play.options.tags ?? [])
        .map(line => `      ${line}`)
        .join('\n')
      alike.set(text, [...(alike.get(text) ?? []), host.name])
    }
    return [
      `play ${safe(play.name)}`,
      ...[...alike].flatMap(([text, names]) => [`  ${safe(names.join(', '))}`, text || '      no tasks']),
    ]
  })
  return `${lines.join('\n')}\n`
}
