import { type Item, isBlock, isTask } from '../dsl/item.ts'
import type { BuiltPlay } from '../engine/build.ts'
import { taskDigest } from '../engine/step.ts'
import type { Host } from '../inventory/host.ts'
import type { Digest } from './digest.ts'
import type { PlanContent } from './saved-plan.ts'
import type { Source } from './sources.ts'

export type Inputs = Pick<PlanContent, 'hosts' | 'tasks' | 'sources'>

/** A list of a play with all that the playbook says of each task: options and blocks decide what is run, too. */
const shapeOf = (item: Item): unknown => {
  if (isTask(item)) {
    const { notify, ...options } = item.options
    return { task: taskDigest(item), title: item.title, options, notify: [notify ?? []].flat().map(shapeOf) }
  }
  if (!isBlock(item)) return 'flush'
  const { items, rescue, always } = item
  return { items: items.map(shapeOf), rescue: rescue.map(shapeOf), always: always.map(shapeOf) }
}

/** What the inventory says of a host. With which credentials it is reached may differ from one pipeline to another. */
const saidOf = ({ name, groups, vars, connection }: Host): unknown => ({
  name,
  groups,
  vars,
  where:
    connection.type === 'local'
      ? 'here'
      : { address: connection.address, port: connection.port, user: connection.user, jump: connection.proxyJump },
})

/** What a plan is made of before any host is asked: what the inventory says, the playbook's code, and its tasks. */
export const inputsOf = (
  hosts: readonly Host[],
  plays: readonly BuiltPlay[],
  sources: readonly Source[],
  digest: Digest,
): Inputs => ({
  sources: sources.map(({ file, text }) => ({ file, digest: digest(text) })),
  hosts: hosts.map(host => ({ host: host.name, digest: digest(saidOf(host)) })),
  tasks: plays.flatMap(({ play, hosts: members }) => {
    const { become, serial } = play.options
    return members.map(({ host, items }) => ({
      play: play.name,
      host: host.name,
      digest: digest({ become, serial, items: items.map(shapeOf) }),
    }))
  }),
})

const changed = <T extends { readonly digest: string }>(
  then: readonly T[],
  now: readonly T[],
  idOf: (one: T) => string,
  words: { readonly gone: string; readonly other: string; readonly more: string },
): readonly string[] => {
  const left = new Map(now.map(one => [idOf(one), one.digest]))
  const differ = then.flatMap(one => {
    const id = idOf(one)
    const is = left.get(id)
    left.delete(id)
    return is === one.digest ? [] : [`${id}: ${is === undefined ? words.gone : words.other}`]
  })
  return [...differ, ...[...left.keys()].map(id => `${id}: ${words.more}`)]
}

/** What is not what it was, by name. */
export const inputsChanged = (then: Inputs, now: Inputs): readonly string[] => [
  ...changed(then.hosts, now.hosts, ({ host }) => `host ${host}`, {
    gone: 'it is not in the inventory any more',
    other: 'its vars, groups or address are not what they were',
    more: 'it is new in the inventory',
  }),
  ...changed(then.tasks, now.tasks, ({ play, host }) => `play "${play}" on ${host}`, {
    gone: 'it is not in the playbook any more',
    other: 'its tasks are not what they were',
    more: 'it is new in the playbook',
  }),
  ...changed(then.sources, now.sources, ({ file }) => file, {
    gone: 'the playbook does not use it any more',
    other: 'it was edited',
    more: 'the playbook did not use it',
  }),
]
