import type { Counts, Event, NodeState } from '../event.ts'
import { rollingText } from './rolling-text.ts'
import { counted, type Mode, noCounts, showCounts } from './words.ts'

type Play = Extract<Event, { type: 'play' }>

/** Where one host is within a play. */
export interface HostProgress {
  readonly title: string
  /** The last line that the running command wrote. */
  readonly output: string
  /** All its tasks have ended. Handlers may still come. */
  readonly done: boolean
  readonly failed: boolean
}

interface State {
  total: number
  counts: Counts
  doing: string
  output: string
  gone: boolean
  /** In a rolling order; a node that failed stays out. */
  node: NodeState | undefined
}

const lastLine = (text: string): string => text.trimEnd().split('\n').at(-1) ?? ''

/** A fold over the events of a play: what its rows say. */
export class Progress {
  readonly #mode: Mode
  readonly #states: Map<string, State>
  readonly #width: number

  constructor({ hosts }: Play, mode: Mode) {
    this.#mode = mode
    this.#width = Math.max(0, ...hosts.map(({ host }) => host.length))
    this.#states = new Map(
      hosts.map(({ host, tasks }) => [
        host,
        { total: tasks.length, counts: noCounts, doing: 'waiting', output: '', gone: false, node: undefined },
      ]),
    )
  }

  /** What the row of a host says. */
  of(host: string): HostProgress | undefined {
    const state = this.#states.get(host)
    return state && this.#show(host, state)
  }

  /** How the host of this event is doing now; undefined: the event does not change what is shown. */
  add(event: Event): HostProgress | undefined {
    const state = 'host' in event && event.host !== undefined ? this.#states.get(event.host) : undefined
    if (!state) return undefined
    if (event.type === 'host') {
      if (event.state === 'closed') return undefined
      state.doing = event.state === 'connecting' ? 'connecting' : 'planning'
    } else if (event.type === 'output') state.output = lastLine(event.text) || state.output
    else if (event.type === 'unreachable') {
      state.gone = true
      state.counts = counted(state.counts, 'unreachable')
    } else if (event.type === 'task') {
      state.output = ''
      state.doing = event.state === 'running' ? event.title : 'planning'
      if (event.state === 'ended') state.counts = counted(state.counts, event.ignored ? 'ignored' : event.outcome)
    } else if (event.type === 'rolling') {
      state.node = event.state
      state.doing = rollingText(event, this.#mode)
      state.output = ''
    } else return undefined
    return this.#show('host' in event ? (event.host ?? '') : '', state)
  }

  /** `2 of 10 hosts done`. */
  done(): string {
    const all = [...this.#states.values()]
    return `${all.filter(state => isDone(state)).length} of ${all.length} hosts done`
  }

  #show(host: string, state: State): HostProgress {
    const { counts, total, doing, output } = state
    const done = isDone(state)
    const name = host.padEnd(this.#width)
    const title = done ? `${name}  ${showCounts(counts, this.#mode)}` : `${name}  ${ended(counts)}/${total}  ${doing}`
    const unknown = this.#mode === 'apply' ? counts.unknown : 0
    const failed = counts.failed + counts.unreachable + unknown > 0 || state.node === 'failed'
    return { title, output, done, failed }
  }
}

const ended = (counts: Counts): number => Object.values(counts).reduce((a: number, b: number) => a + b, 0)
const isDone = ({ gone, node, counts, total }: State): boolean => {
  if (gone || node === 'failed') return true
  // Its tasks are not all: it has to be found well, and returned.
  return node === undefined ? ended(counts) >= total : node === 'done' || node === 'unchanged'
}
