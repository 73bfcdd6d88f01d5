import type { Playbook } from '../dsl/playbook.ts'
import { build } from '../engine/build.ts'
import type { Host } from '../inventory/host.ts'
import { oneLine } from '../report/terminal-text.ts'
import { maskSecrets } from '../secret.ts'

/** As the gate does for a run: what a playbook or an inventory made may hold a secret, or steer the terminal. */
const safe = (text: string): string => oneLine(maskSecrets(text))

/** --list-hosts */
export const listHosts = (hosts: readonly Host[]): string => {
  const width = Math.max(...hosts.map(({ name }) => name.length))
  return hosts.map(({ name, groups }) => `${safe(name.padEnd(width))}  ${safe(groups.join(', '))}\n`).join('')
}

/** --list-tasks: hosts that have the same tasks are listed together. */
export const listTasks = (playbook: Playbook, hosts: readonly Host[], limit?: ReadonlySet<string>): string => {
  const lines = build(playbook, hosts, limit).flatMap(({ play, hosts: members }) => {
    const alike = new Map<string, string[]>()
    for (const { host, tasks } of members) {
      const text = tasks
        .map(({ title, name }) => `      ${safe(title)}${title.startsWith(name) ? '' : ` (${safe(name)})`}`)
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
