import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import type { Connection } from '../../../lib/connection/connection.ts'
import type { Item } from '../../../lib/dsl/item.ts'
import type { PlayContext } from '../../../lib/dsl/playbook.ts'
import { type RollingDefinition, rolling } from '../../../lib/dsl/rolling.ts'
import type { Earlier, RunContext } from '../../../lib/engine/context.ts'
import { Fleet } from '../../../lib/engine/host-state.ts'
import { buildRolling } from '../../../lib/engine/rolling/built.ts'
import { roll } from '../../../lib/engine/rolling/drive.ts'
import type { Event, NodeState } from '../../../lib/event.ts'
import { file } from '../../../lib/tasks/file.ts'
import { runCommand } from '../../../lib/tasks/run-command.ts'
import { me } from '../../helpers/me.ts'
import { hostNamed } from '../../helpers/play-here.ts'
import { scratch } from '../../helpers/scratch.ts'
import { ShConnection } from '../../helpers/sh-connection.ts'
import { virtualClock } from './virtual-clock.ts'

type Definition = RollingDefinition<'g', unknown>
type Items = (context: PlayContext<unknown>) => readonly Item[]

export interface RollOptions extends Partial<Omit<Definition, 'hosts' | 'gate'>> {
  readonly gate?: Partial<Definition['gate']>
  readonly items?: Items
  readonly limit?: readonly string[]
  readonly mode?: 'apply' | 'check'
  readonly connections?: Readonly<Record<string, Connection | Error>>
  readonly earlier?: Readonly<Record<string, NodeState>>
  readonly handed?: Earlier['handed']
  readonly admit?: 'go' | 'again' | 'no'
  /** For checks that ask real processes. */
  readonly realTime?: boolean
  readonly signal?: AbortSignal
  readonly stop?: AbortSignal
  onEvent?(event: Event): void
}

/**
 * Nodes behind a load balancer, all of them files of this machine: `lb/n1` is in or out, `n1/version` is what the play
 * changes, `restarts` has a line for each restart. Whoever is out is counted at every event, by looking at the files.
 */
export class Cluster {
  readonly names: readonly string[]
  readonly #dir: string
  /** Whether a node answers; by default it does. */
  health: (host: string) => true | string = () => true
  mostOut = 0

  constructor(t: ExecutionContext, count: number) {
    this.#dir = scratch(t)
    this.names = Array.from({ length: count }, (_, i) => `n${i + 1}`)
    for (const name of ['lb', ...this.names]) mkdirSync(join(this.#dir, name))
    for (const name of this.names) {
      writeFileSync(join(this.#dir, 'lb', name), 'in')
      writeFileSync(join(this.#dir, name, 'version'), 'v1')
    }
  }

  path = (...parts: string[]): string => join(this.#dir, ...parts)
  read = (...parts: string[]): string =>
    existsSync(this.path(...parts)) ? readFileSync(this.path(...parts), 'utf8') : ''
  get out(): readonly string[] {
    return this.names.filter(name => this.read('lb', name) !== 'in')
  }
  get versions(): readonly string[] {
    return this.names.map(name => this.read(name, 'version'))
  }
  get restarts(): readonly string[] {
    return this.read('restarts').split('\n').filter(Boolean)
  }

  /** A file task that says `state` at the load balancer. */
  turn = (host: string, state: 'in' | 'out') =>
    file({ path: this.path('lb', host), content: state, ...me, title: `${host} ${state}` })

  restart = (host: string) =>
    runCommand({ script: `echo "$1" >>"$2"`, args: [host, this.path('restarts')], title: `restart ${host}` } as never)

  upgrade: Items = ({ host }) => [
    file({
      path: this.path(host.name, 'version'),
      content: 'v2',
      ...me,
      title: `${host.name} v2`,
      notify: this.restart(host.name),
    }),
  ]

  async roll(options: RollOptions = {}) {
    const {
      gate,
      items = this.upgrade,
      limit,
      mode = 'apply',
      connections = {},
      earlier,
      handed,
      onEvent,
      realTime,
      admit = 'go',
      ...rest
    } = options
    const { signal = new AbortController().signal, stop = new AbortController().signal, ...definition } = rest
    const play = rolling<'g', unknown>(
      'roll',
      {
        hosts: 'g',
        before: ({ host }) => [this.turn(host.name, 'out')],
        after: ({ host }) => [this.turn(host.name, 'in')],
        ...definition,
        gate: {
          checks: ({ host }) => [{ about: 'healthy', ask: async () => this.health(host.name) }],
          holdsSeconds: 3,
          withinSeconds: 60,
          ...gate,
        },
      },
      items,
    )
    const hosts = this.names.map(hostNamed)
    const fleet = new Fleet(mode, hosts, host => async () => {
      const connection = connections[host.name] ?? new ShConnection(host.name)
      if (connection instanceof Error) throw connection
      return connection
    })
    const events: Event[] = []
    const send = (event: Event): void => {
      events.push(event)
      this.mostOut = Math.max(this.mostOut, this.out.length)
      onEvent?.(event)
    }
    const past: Earlier | undefined = earlier && {
      run: 'before',
      at: '',
      handed: handed ?? (() => undefined),
      ends: () => 0,
      sentAtMs: () => undefined,
      owed: () => [],
      debts: () => [],
      rolling: () => new Map(Object.entries(earlier)),
    }
    const context: RunContext = {
      mode,
      signal,
      stop,
      earlier: past,
      send,
      durable: async () => {},
      admit: async () => admit,
      dress: (_state, _play, _step, change) => ({ command: change.command }),
      meaning: () => undefined,
      planned: () => {},
      find: name => fleet.find(name),
    }
    const rolled = hosts.filter(h => limit?.includes(h.name) ?? true)
    const result = await roll(
      {
        play: play.name,
        become: false,
        built: buildRolling(play, play.rolling, hosts),
        items: new Map(rolled.map(host => [host.name, play.items({ host, vars: {} })])),
        forks: 5,
      },
      context,
      realTime ? undefined : virtualClock(),
    )
    const states = events.flatMap(e => (e.type === 'rolling' ? [e] : []))
    return {
      ...result,
      events,
      /** `n1 done`, in the order in which it was said. */
      states: states.map(e => `${e.host} ${e.state}`),
      batches: states.flatMap(e => (e.state === 'draining' ? [`${e.batch}/${e.batches} ${e.host}`] : [])),
      notices: events.flatMap(e => (e.type === 'notice' ? [e.text] : [])),
      refused: events.flatMap(e => (e.type === 'refused' ? [e.error.message] : [])),
      ends: events.flatMap(e =>
        e.type === 'task' && e.state === 'ended' ? [`${e.host} ${e.outcome} ${e.title}`] : [],
      ),
      reason: (host: string) => states.findLast(e => e.host === host)?.reason,
    }
  }
}
