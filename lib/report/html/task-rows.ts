import type { ErrorReport, Event, TaskReport } from '../../event.ts'
import { type Mode, showPlace, type Word, wordOf } from '../words.ts'
import { mergeTasks } from './merge-tasks.ts'
import { Numbered } from './numbered.ts'
import { packDetail } from './pack-detail.ts'
import { type Detail, type Report, type Rows, type Task, words } from './report.ts'
import { visible, visibleLine } from './visible.ts'

type TaskEvent = Extract<Event, { type: 'task' }>
type Ended = Extract<TaskEvent, { state: 'ended' }>
type Output = Extract<Event, { type: 'output' }>
type Sent = Extract<Event, { type: 'sent' }>
type Stream = Output['stream']

/** Characters of live output kept of one task on one host: its end. */
const MAX_OUTPUT = 100_000

interface Open {
  /** What is known of the task. `sent` does not say where it stands in the playbook, what comes after it does. */
  task: Task
  readonly host: number
  started?: number
  readonly output: Record<Stream, string>
}

type Columns = { -readonly [K in keyof Rows]: number[] }

/** A fold over the events of tasks: one row a task on a host. */
export class TaskRows {
  readonly #tasks = new Numbered<Task>(({ play, title, place, kind }) => JSON.stringify([play, title, place, kind]))
  readonly #details = new Numbered<Detail>(JSON.stringify)
  readonly #columns: Columns = { host: [], task: [], word: [], end: [], span: [], ms: [], detail: [] }
  readonly #outputs: Record<number, [Stream, number][]> = {}
  readonly #open = new Map<string, Open>()
  readonly #mode: Mode
  readonly #hosts: Numbered<string>
  readonly #texts: Numbered<string>
  readonly #playOf: (name: string) => number
  #last = 0

  constructor(mode: Mode, hosts: Numbered<string>, texts: Numbered<string>, playOf: (name: string) => number) {
    this.#mode = mode
    this.#hosts = hosts
    this.#texts = texts
    this.#playOf = playOf
  }

  task(event: TaskEvent, at: number): void {
    if (event.state === 'running') this.#of(event).started ??= at
    else this.#end(event, at)
  }

  output({ stream, text, ...about }: Output): void {
    const { output } = this.#of(about)
    output[stream] = (output[stream] + text).slice(-MAX_OUTPUT)
  }

  sent({ host, play, changes }: Sent): void {
    for (const { index, title } of changes)
      if (!this.#open.has(keyOf({ host, play, index })))
        this.#opened({ host, play, index, title }, { place: '', kind: 'task' })
  }

  unreachable(host: string, error: ErrorReport, play: number, at: number): void {
    const task = this.#tasks.of({ play, title: 'Connect', place: '', kind: 'connection', index: -1 })
    const detail = this.#details.of(packDetail({ error }, this.#texts))
    this.#push({ host: this.#hosts.of(host), task, word: 'unreachable', at, span: -1, ms: 0, detail })
  }

  /** Whatever is still open was sent or started, and nobody saw its end. */
  close(at: number): void {
    const reason = 'It was sent to the host, and the records stop before its end: nobody saw what became of it.'
    const detail = this.#details.of(packDetail({ reason }, this.#texts))
    for (const open of this.#open.values()) {
      const span = open.started === undefined ? -1 : at - open.started
      this.#push({
        host: open.host,
        task: this.#tasks.of(open.task),
        word: 'unknown',
        at,
        span,
        ms: Math.max(0, span),
        detail,
      })
      this.#keep(open)
    }
    this.#open.clear()
  }

  report(): Pick<Report, 'tasks' | 'details' | 'rows' | 'titles' | 'outputs'> {
    const { tasks, task, titles } = mergeTasks(this.#tasks.values, this.#columns.host, this.#columns.task)
    return {
      tasks,
      details: this.#details.values,
      rows: { ...this.#columns, task },
      titles: Object.fromEntries([...titles].map(([row, title]) => [row, this.#texts.of(title)])),
      outputs: this.#outputs,
    }
  }

  #end(event: Ended, at: number): void {
    const open = this.#of(event)
    const { kind } = event.error ?? {}
    this.#push({
      host: open.host,
      task: this.#tasks.of(open.task),
      word: wordOf(event.outcome, this.#mode, {
        kind,
        action: event.action,
        ignored: event.ignored === true,
        rescued: event.rescued === true,
      }),
      at,
      span: open.started === undefined ? -1 : at - open.started,
      ms: event.durationMs,
      detail: this.#details.of(packDetail(event, this.#texts)),
    })
    this.#keep(open)
    this.#open.delete(keyOf(event))
  }

  #of(about: TaskReport): Open {
    const kind = about.handler ? 'handler' : about.action ? 'action' : 'task'
    const known = { place: visibleLine(showPlace(about.at)), kind } as const
    const open = this.#open.get(keyOf(about)) ?? this.#opened(about, known)
    if (open.task.place === '') open.task = { ...open.task, ...known }
    return open
  }

  #opened(
    { host, play, index, title }: Pick<TaskReport, 'host' | 'play' | 'index' | 'title'>,
    known: Pick<Task, 'place' | 'kind'>,
  ): Open {
    const task = { play: this.#playOf(play), title: visibleLine(title), index, ...known }
    const open: Open = { task, host: this.#hosts.of(host), output: { stdout: '', stderr: '' } }
    this.#open.set(keyOf({ host, play, index }), open)
    return open
  }

  #keep({ output }: Open): void {
    const row = this.#columns.host.length - 1
    const streams = (['stdout', 'stderr'] as const).filter(name => output[name].trim() !== '')
    if (streams.length > 0) this.#outputs[row] = streams.map(name => [name, this.#texts.of(visible(output[name]))])
  }

  #push(row: {
    readonly host: number
    readonly task: number
    readonly word: Word
    readonly at: number
    readonly span: number
    readonly ms: number
    readonly detail: number
  }): void {
    const columns = this.#columns
    columns.host.push(row.host)
    columns.task.push(row.task)
    columns.word.push(words.indexOf(row.word))
    columns.end.push(row.at - this.#last)
    columns.span.push(row.span)
    columns.ms.push(row.ms)
    columns.detail.push(row.detail)
    this.#last = row.at
  }
}

const keyOf = ({ host, play, index }: Pick<TaskReport, 'host' | 'play' | 'index'>): string =>
  JSON.stringify([host, play, index])
