import { type Item, isBlock, isTask } from '../dsl/item.ts'
import type { Play } from '../dsl/playbook.ts'
import type { RollingOptions } from '../dsl/rolling.ts'
import type { Task } from '../dsl/task.ts'
import type { Host } from '../inventory/host.ts'
import { oneLine } from '../report/terminal-text.ts'
import { maskSecrets } from '../secret.ts'

/** As the gate does for a run: what a playbook or an inventory made may hold a secret, or steer the terminal. */
export const safe = (text: string): string => oneLine(maskSecrets(text))

/** One task of the list: what it does, and what decides whether it runs. */
const taskLine = (task: Task<unknown>, playTags: readonly string[]): string => {
  const { title, name, options } = task
  const tags = [...new Set([...playTags, ...(options.tags ?? [])])]
  const notes = [
    ...(tags.length ? [`tags: ${tags.join(', ')}`] : []),
    ...(options.runOnce ? [`once a ${options.runOnce}`] : []),
    ...(options.delegateTo === undefined ? [] : [`done on ${options.delegateTo}`]),
    ...(options.when === false ? ['skipped: its condition is false'] : []),
    ...(typeof options.when === 'function' ? ['if its condition holds'] : []),
  ]
  return `${title}${title.startsWith(name) ? '' : ` (${name})`}${notes.map(note => `  [${note}]`).join('')}`
}

/** The tasks of a list in order, those of blocks further in. */
export const itemLines = (items: readonly Item[], playTags: readonly string[]): readonly string[] =>
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

/** What is done with a node of a rolling play, around its own tasks. */
export const rollingLines = (rolling: RollingOptions, host: Host, own: readonly string[]): readonly string[] => {
  const context = { host, vars: host.vars }
  const part = (word: string, items: readonly Item[]) =>
    items.length ? [word, ...itemLines(items, []).map(line => `  ${line}`)] : []
  const { holdsSeconds, withinSeconds } = rolling.gate
  const checks = rolling.gate.checks(context).map(({ about }) => `  ${safe(about)}`)
  return [
    ...part('before: out of rotation', rolling.before(context)),
    ...own,
    `gate: for ${holdsSeconds} s, within ${withinSeconds} s`,
    ...checks,
    ...part('after: back into rotation', rolling.after(context)),
  ]
}

/** The order of a rolling play, without the hosts that take no part. */
export const orderLine = (
  rolling: RollingOptions,
  hosts: readonly Host[],
  { options }: Play,
  members: ReadonlySet<string>,
): string => {
  const groups = [options.hosts].flat()
  const order = rolling.order(hosts.filter(host => groups.some(group => host.groups.includes(group))))
  return `rolling, ${rolling.batch.join(' then ')} at a time: ${order.filter(name => members.has(name)).join(', ')}`
}
