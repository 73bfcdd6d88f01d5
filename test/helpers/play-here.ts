import { z } from 'zod'
import type { Connection } from '../../lib/connection/connection.ts'
import type { Item } from '../../lib/dsl/item.ts'
import type { PlayContext, PlayOptions } from '../../lib/dsl/playbook.ts'
import { play, playbook } from '../../lib/dsl/playbook.ts'
import { type RunOptions, run } from '../../lib/engine/run.ts'
import type { Event } from '../../lib/event.ts'
import type { Host } from '../../lib/inventory/host.ts'
import { ShConnection } from './sh-connection.ts'

export type Tasks = readonly Item[] | ((context: PlayContext<unknown>) => readonly Item[])

export const hostNamed = (name: string): Host => ({
  name,
  groups: ['g', name],
  vars: {},
  connection: { type: 'local' },
})

export interface Played {
  readonly events: readonly Event[]
  readonly summary: Extract<Event, { type: 'summary' }>
  /** `h1 changed file /etc/motd`, in the order in which tasks ended. */
  readonly ends: readonly string[]
  readonly roundTrips: number
}

interface Options extends Partial<RunOptions> {
  readonly hosts?: readonly string[]
  readonly connections?: Readonly<Record<string, Connection>>
}

/** Runs plays (every host is in group `g` and in one of its own name) with the real engine against this machine. */
export const playHere = async (
  plays: readonly (readonly [
    hosts: string | readonly string[],
    tasks: Tasks,
    more?: Omit<PlayOptions<string>, 'hosts'>,
  ])[],
  options: Options = {},
): Promise<Played> => {
  const names = options.hosts ?? ['h1']
  const connections = options.connections ?? Object.fromEntries(names.map(n => [n, new ShConnection(n)]))
  const book = playbook({
    name: 'test',
    groups: ['g', ...names] as string[],
    vars: z.unknown(),
    plays: () => plays.map(([hosts, tasks, more], i) => play(`play ${i + 1}`, { hosts, ...more }, tasks)),
  })
  const events: Event[] = []
  const stream = run(book, names.map(hostNamed), {
    mode: 'apply',
    forks: 10,
    expectNoChanges: false,
    signal: new AbortController().signal,
    connect: async host => connections[host.name]!,
    ...options,
  })
  for await (const event of stream) events.push(event)
  const summary = events.at(-1)
  if (summary?.type !== 'summary') throw new Error('no summary at the end')
  return {
    events,
    summary,
    ends: events.flatMap(e => (e.type === 'task' && e.state === 'ended' ? [`${e.host} ${e.outcome} ${e.title}`] : [])),
    roundTrips: Math.max(0, ...Object.values(connections).map(c => c.roundTrips)),
  }
}
