import type { ChangeReport, Counts, ErrorReport, Event, TaskReport } from '../event.ts'
import { diffLines } from './diff-lines.ts'
import { failureLines } from './failure-lines.ts'
import { Owed } from './owed.ts'
import { type Paint, painter } from './paint.ts'
import { preflightLines } from './preflight-lines.ts'
import { inShort, recapLines, type Trouble } from './recap.ts'
import type { RenderOptions } from './renderer.ts'
import { rollingText, tells } from './rolling-text.ts'
import { Skips } from './skips.ts'
import { summaryLines } from './summary-lines.ts'
import {
  counted,
  type Mode,
  noCounts,
  showCounts,
  showDuration,
  showHosts,
  showPlace,
  styleOf,
  type Word,
  wordOf,
} from './words.ts'

type Ended = Extract<Event, { type: 'task'; state: 'ended' }>

const indent = (lines: readonly string[], by: number): readonly string[] =>
  lines.map(line => (line ? ' '.repeat(by) + line : line))

/** What a run says for good, line by line: events in, lines out. What moves (the pretty renderer's rows) is not here. */
export class Log {
  readonly #options: Pick<RenderOptions, 'diff' | 'verbosity' | 'columns'>
  readonly #paint: Paint
  readonly #troubles: Trouble[] = []
  readonly #skips = new Skips()
  readonly #owed = new Owed()
  #mode: Mode = 'apply'
  #hostWidth = 0
  /** Changes and failures of the play that were shown in full, and on which host. */
  #seen = new Map<string, string>()
  /** What each host came to in this play. */
  #counts = new Map<string, Counts>()

  constructor(options: Pick<RenderOptions, 'diff' | 'verbosity' | 'columns' | 'color'>) {
    this.#options = options
    this.#paint = painter(options.color)
  }

  lines(event: Event): readonly string[] {
    const held = this.#skips
      .interrupt(event)
      .map(skip => this.#row(skip.host, 'skipped', `${skip.what}: ${skip.reason}`))
    return [...held, ...this.#event(event)]
  }

  #event(event: Event): readonly string[] {
    const { verbosity } = this.#options
    switch (event.type) {
      case 'run':
        return this.#run(event)
      case 'host':
        if (event.state !== 'closed' || event.roundTrips === undefined || verbosity < 1) return []
        return [
          this.#about(event.host, 'closed', `after ${event.roundTrips} round trip${event.roundTrips === 1 ? '' : 's'}`),
        ]
      case 'unreachable':
        this.#count(event.host, 'unreachable')
        return [this.#row(event.host, 'unreachable', ''), ...this.#failure(event.host, 'unreachable', event.error)]
      case 'play':
        return event.state === 'started' ? this.#playStarted(event) : this.#playFinished()
      case 'task':
        if (event.state === 'ended') return this.#taskEnded(event)
        return verbosity > 1 ? [this.#about(event.host, 'running', event.title)] : []
      case 'output':
        if (verbosity < 2) return []
        return event.text
          .replace(/\n$/, '')
          .split('\n')
          .map(text => this.#about(event.host, event.stream, text))
      case 'notice':
        return event.text
          .split('\n')
          .map(text => (event.host ? this.#about(event.host, 'notice', text) : `notice: ${text}`))
      case 'sent':
      case 'handed':
        return []
      case 'handler':
        this.#owed.add(event)
        if (event.state === 'owed' || verbosity < 1) return []
        return [this.#about(event.host, event.state, `${event.title} (handler)`)]
      case 'rolling':
        return this.#rolling(event)
      case 'lease':
        return this.#lease(event)
      case 'refused': {
        const lines = failureLines(event.error, undefined, verbosity, this.#paint)
        return ['', this.#paint('red', 'the run is refused'), ...indent(lines, 4)]
      }
      case 'preflight':
        return preflightLines(event.problems, this.#paint)
      case 'summary':
        return [
          ...recapLines(this.#troubles, this.#paint),
          ...this.#stillOwed(),
          ...summaryLines(event, this.#mode, this.#paint, this.#options.columns),
        ]
    }
  }

  #run({ playbook, mode, hosts, run, time, resumes }: Extract<Event, { type: 'run' }>): readonly string[] {
    this.#mode = mode
    this.#hostWidth = Math.max(0, ...hosts.map(host => host.length))
    const what = mode === 'check' ? 'check, nothing is written' : resumes ? `run, goes on with ${resumes}` : 'run'
    const more = this.#options.verbosity > 0 ? `, ${run}, ${time}` : ''
    return [`${this.#paint('bold', playbook)} (${what}, ${hosts.length} host${hosts.length === 1 ? '' : 's'}${more})`]
  }

  #playStarted({ play, hosts }: Extract<Event, { type: 'play' }>): readonly string[] {
    this.#seen = new Map()
    this.#counts = new Map(hosts.map(({ host }) => [host, noCounts]))
    const names = showHosts(hosts.map(h => h.host))
    return ['', this.#paint('bold', `play ${play}`) + this.#paint('gray', ` (${names})`)]
  }

  /** A line for all hosts that came to the same. */
  #playFinished(): readonly string[] {
    const groups = new Map<string, string[]>()
    for (const [host, counts] of this.#counts) {
      const said = showCounts(counts, this.#mode)
      groups.set(said, [...(groups.get(said) ?? []), host])
    }
    this.#counts = new Map()
    return [...groups].map(([said, hosts]) => `${showHosts(hosts).padEnd(this.#hostWidth)}  ${said}`)
  }

  #taskEnded(event: Ended): readonly string[] {
    const { host, outcome, error, changes, reason, durationMs, attempts, ignored, rescued } = event
    this.#count(host, ignored ? 'ignored' : outcome)
    const word = wordOf(outcome, this.#mode, {
      kind: error?.kind,
      action: event.action,
      ignored: ignored ?? false,
      rescued: rescued ?? false,
    })
    const { verbosity } = this.#options
    if (word === 'ok' && verbosity < 1) return []
    if (word === 'skipped' && verbosity < 1) {
      this.#skips.hold(host, event.title, reason ?? 'no reason given')
      return []
    }
    const title = event.handler ? `${event.title} (handler)` : event.title
    const took = durationMs >= 1000 ? this.#paint('gray', `  ${showDuration(durationMs)}`) : ''
    const tries = attempts === undefined ? '' : this.#paint('gray', `  ${attempts} attempts`)
    const where = verbosity > 0 ? this.#paint('gray', `  ${showPlace(event.at)}`) : ''
    const made = this.#changes(host, title, changes)
    const why = reason ? indent(reason.split('\n'), 4) : []
    const failed = error ? this.#failure(host, word, error, event) : []
    if (!error && word === 'failed')
      this.#troubles.push({ host, word, what: title, at: event.at, message: reason ?? 'no reason given' })
    return [this.#row(host, word, `${title}${took}${tries}${where}${made.note}`), ...why, ...made.lines, ...failed]
  }

  /** A node that failed stays out, and is named again at the end. */
  #rolling(event: Extract<Event, { type: 'rolling' }>): readonly string[] {
    const { host, state, batch, batches, reason } = event
    if (!tells(state, this.#options.verbosity)) return []
    if (state !== 'failed') return [this.#about(host, state, rollingText(event, this.#mode))]
    const what = `rolling order, batch ${batch} of ${batches}: it stays out`
    this.#troubles.push({ host, word: 'failed', what, message: reason ?? 'no reason given' })
    return [this.#row(host, 'failed', rollingText(event, this.#mode))]
  }

  #lease({ host, state, counter }: Extract<Event, { type: 'lease' }>): readonly string[] {
    if (state !== 'lost')
      return this.#options.verbosity > 0 ? [this.#about(host, 'lease', `${state}, number ${counter}`)] : []
    const message = 'Another run may work on this host. This one changes nothing there any more.'
    this.#troubles.push({ host, word: 'refused', what: 'the lease was lost', message })
    return [this.#row(host, 'refused', 'the lease was lost'), `    ${message}`]
  }

  #stillOwed(): readonly string[] {
    const owed = this.#owed.list()
    if (owed.length === 0) return []
    const lines = owed.map(({ title, hosts }) => `  ${this.#paint('yellow', 'owed')} on ${hosts.join(', ')}: ${title}`)
    return ['', 'handlers that were notified and have not run; --resume or the next run pays', ...lines]
  }

  /** What has been shown on another host of the play is not shown again: the same diff once, however many hosts. */
  #changes(host: string, title: string, changes: readonly ChangeReport[]) {
    const { diff, verbosity } = this.#options
    const first = changes.length > 0 ? this.#first(host, [title, changes]) : undefined
    if (first) return { note: this.#paint('gray', `  (the same as on ${first})`), lines: [] }
    const lines = changes.flatMap(change => [
      this.#mode === 'check' ? `would ${change.summary}` : change.summary,
      ...(diff ? indent(diffLines(change, verbosity, this.#paint), 2) : []),
    ])
    return { note: '', lines: indent(lines, 4) }
  }

  #failure(host: string, word: Word, error: ErrorReport, task?: TaskReport): readonly string[] {
    const about = task ? { what: task.title, at: task.at } : {}
    if (word !== 'ignored' && word !== 'rescued') this.#troubles.push({ host, word, ...about, message: inShort(error) })
    const first = this.#first(host, [about, error])
    if (first) return indent([this.#paint('gray', `the same as on ${first}: `) + inShort(error)], 4)
    return indent(failureLines(error, task, this.#options.verbosity, this.#paint), 4)
  }

  /** The other host of this play on which the same was shown already. */
  #first(host: string, what: unknown): string | undefined {
    const key = JSON.stringify(what)
    const first = this.#seen.get(key)
    if (first === undefined) this.#seen.set(key, host)
    return first === host ? undefined : first
  }

  #count(host: string, outcome: keyof Counts): void {
    this.#counts.set(host, counted(this.#counts.get(host) ?? noCounts, outcome))
  }

  #row(host: string, word: Word, text: string): string {
    const width = this.#mode === 'check' ? 'would change'.length : 'changed'.length
    return `${host.padEnd(this.#hostWidth)}  ${this.#paint(styleOf[word], word.padEnd(width))}  ${text}`.trimEnd()
  }

  #about(host: string, what: string, text: string): string {
    const width = this.#mode === 'check' ? 'would change'.length : 'changed'.length
    return `${host.padEnd(this.#hostWidth)}  ${this.#paint('gray', what.padEnd(width))}  ${text}`.trimEnd()
  }
}
