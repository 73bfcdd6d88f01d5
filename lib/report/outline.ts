import type { ErrorReport, Event, Recorded, TaskReport } from '../event.ts'
import { Owed } from './owed.ts'

export type Ended = Extract<Event, { type: 'task'; state: 'ended' }>
type Of<T extends Event['type']> = Extract<Event, { type: T }>

/** Characters of a task's output that are kept: its end says how it went. */
const MOST_OUTPUT = 64 * 1024

export interface TaskRun {
  readonly about: TaskReport
  /** Milliseconds since the epoch. */
  readonly startMs: number
  endMs: number
  /** Undefined: nobody saw it end. */
  ended: Ended | undefined
  /** Both streams in the order in which they came; at most its last 64 Ki characters. */
  output: string
  /** Characters that `output` lost at its beginning. */
  outputLost: number
}

export interface HostRun {
  readonly host: string
  /** The titles of the tasks that it was to do, handlers aside. */
  readonly planned: readonly string[]
  readonly tasks: TaskRun[]
  unreachable: { readonly error: ErrorReport; readonly atMs: number } | undefined
  /** Where it is in a rolling order. */
  rolling: Of<'rolling'> | undefined
}

export interface PlayRun {
  readonly play: string
  readonly startMs: number
  endMs: number
  readonly hosts: Map<string, HostRun>
}

/** A run as a tree, for views that need it as a whole. */
export interface Outline {
  readonly run: Of<'run'> | undefined
  readonly startMs: number
  readonly endMs: number
  readonly plays: readonly PlayRun[]
  /** Hosts that could not be reached when no play was under way. */
  readonly unreachable: readonly Of<'unreachable'>[]
  /** Why the run as a whole was refused. */
  readonly refused: readonly ErrorReport[]
  readonly preflight: readonly Of<'preflight'>['problems'][number][]
  readonly leasesLost: readonly string[]
  readonly notices: readonly Of<'notice'>[]
  readonly owed: ReturnType<Owed['list']>
  /** Undefined: the record ends before the run did. */
  readonly summary: Of<'summary'> | undefined
}

const hostRun = (host: string, planned: readonly string[] = []): HostRun => ({
  host,
  planned,
  tasks: [],
  unreachable: undefined,
  rolling: undefined,
})

const hostOf = (play: PlayRun, host: string): HostRun => {
  const found = play.hosts.get(host) ?? hostRun(host)
  play.hosts.set(host, found)
  return found
}

/** The task of an event, where it runs; else a new one. */
const taskOf = (play: PlayRun, { host, index }: TaskReport, about: TaskReport, startMs: number): TaskRun => {
  const { tasks } = hostOf(play, host)
  const open = tasks.findLast(task => task.about.index === index && !task.ended)
  if (open) return open
  const task = { about, startMs, endMs: startMs, ended: undefined, output: '', outputLost: 0 }
  tasks.push(task)
  return task
}

/** Plays are barriers, so that an event belongs to the last play of its name. */
export const outline = (records: readonly Recorded[]): Outline => {
  const plays: PlayRun[] = []
  const owed = new Owed()
  const unreachable: Of<'unreachable'>[] = []
  const refused: ErrorReport[] = []
  const preflight: Of<'preflight'>['problems'][number][] = []
  const leasesLost: string[] = []
  const notices: Of<'notice'>[] = []
  let run: Of<'run'> | undefined
  let summary: Of<'summary'> | undefined
  let under: PlayRun | undefined

  const playOf = (name: string, atMs: number): PlayRun => {
    const found = plays.findLast(({ play }) => play === name)
    if (found) return found
    const play: PlayRun = { play: name, startMs: atMs, endMs: atMs, hosts: new Map() }
    plays.push(play)
    return play
  }

  for (const { time, event } of records) {
    const atMs = Date.parse(time)
    if (under) under.endMs = atMs
    if (event.type === 'run') run = event
    else if (event.type === 'summary') summary = event
    else if (event.type === 'notice') notices.push(event)
    else if (event.type === 'refused') refused.push(event.error)
    else if (event.type === 'handler') owed.add(event)
    else if (event.type === 'preflight') preflight.push(...event.problems)
    else if (event.type === 'lease' && event.state === 'lost') leasesLost.push(event.host)
    else if (event.type === 'rolling') hostOf(playOf(event.play, atMs), event.host).rolling = event
    else if (event.type === 'unreachable') {
      if (under) hostOf(under, event.host).unreachable = { error: event.error, atMs }
      else unreachable.push(event)
    } else if (event.type === 'play' && event.state === 'started') {
      const hosts = new Map(event.hosts.map(({ host, tasks }) => [host, hostRun(host, tasks)]))
      under = { play: event.play, startMs: atMs, endMs: atMs, hosts }
      plays.push(under)
    } else if (event.type === 'play') under = undefined
    else if (event.type === 'output') {
      const task = taskOf(playOf(event.play, atMs), event, event, atMs)
      const text = task.output + event.text
      task.outputLost += Math.max(0, text.length - MOST_OUTPUT)
      task.output = text.slice(-MOST_OUTPUT)
    } else if (event.type === 'task') {
      const started = event.state === 'ended' ? atMs - event.durationMs : atMs
      const task = taskOf(playOf(event.play, atMs), event, event, started)
      task.endMs = atMs
      if (event.state === 'ended') task.ended = event
    }
  }
  const startMs = Date.parse(records[0]?.time ?? '') || 0
  const endMs = Date.parse(records.at(-1)?.time ?? '') || startMs
  return {
    run,
    startMs,
    endMs,
    plays,
    unreachable,
    refused,
    preflight,
    leasesLost,
    notices,
    owed: owed.list(),
    summary,
  }
}
