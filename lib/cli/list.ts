import type { Playbook } from '../dsl/playbook.ts'
import { isRolling } from '../dsl/rolling.ts'
import { type BuiltPlay, build } from '../engine/build.ts'
import type { Selection } from '../engine/select.ts'
import type { Host } from '../inventory/host.ts'
import { playbookMistake } from './playbook-mistake.ts'
import { itemLines, orderLine, rollingLines, safe } from './task-lines.ts'

/** --list-hosts */
export const listHosts = (hosts: readonly Host[]): string => {
  const width = Math.max(...hosts.map(({ name }) => name.length))
  return hosts.map(({ name, groups }) => `${safe(name.padEnd(width))}  ${safe(groups.join(', '))}\n`).join('')
}

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
    const rolling = isRolling(play) ? play.rolling : undefined
    const alike = new Map<string, string[]>()
    for (const { host, items } of members) {
      const own = itemLines(items, play.options.tags ?? [])
      const all = rolling ? rollingLines(rolling, host, own) : own
      const text = all.map(line => `      ${line}`).join('\n')
      alike.set(text, [...(alike.get(text) ?? []), host.name])
    }
    return [
      `play ${safe(play.name)}`,
      ...(rolling ? [`  ${safe(orderLine(rolling, hosts, play, new Set(members.map(({ host }) => host.name))))}`] : []),
      ...[...alike].flatMap(([text, names]) => [`  ${safe(names.join(', '))}`, text || '      no tasks']),
    ]
  })
  return `${lines.join('\n')}\n`
}
