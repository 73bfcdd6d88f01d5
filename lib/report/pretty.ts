import type { Event } from '../event.ts'
import { Live } from './live.ts'
import { Log } from './log.ts'
import { Progress } from './progress.ts'
import type { Renderer, RenderOptions } from './renderer.ts'
import type { Sink } from './sink.ts'
import type { Mode } from './words.ts'

/**
 * What the plain renderer writes, and below it, as long as a play lasts, what each host is doing. Nothing is said only in
 * the rows, which come and go: so nothing is lost when they are more than the terminal is high.
 */
export class Pretty implements Renderer {
  readonly #sink: Sink
  readonly #options: RenderOptions
  readonly #log: Log
  #mode: Mode = 'apply'
  #play: { readonly title: string; readonly live: Live; readonly progress: Progress } | undefined

  constructor(sink: Sink, options: RenderOptions) {
    this.#sink = sink
    this.#options = options
    this.#log = new Log({ ...options, columns: this.#size().columns })
  }

  async event(event: Event): Promise<void> {
    if (event.type === 'run') this.#mode = event.mode
    if ((event.type === 'play' && event.state === 'finished') || event.type === 'summary') await this.close()
    const text = this.#log
      .lines(event)
      .map(line => `${line}\n`)
      .join('')
    if (text && this.#play) this.#play.live.above(text)
    else if (text) this.#sink.write(text)
    if (event.type === 'play' && event.state === 'started' && event.hosts.length > 0) await this.#start(event)
    else this.#progress(event)
  }

  async close(): Promise<void> {
    const play = this.#play
    this.#play = undefined
    await play?.live.close()
  }

  async #start(event: Extract<Event, { type: 'play' }>): Promise<void> {
    await this.close()
    const hosts = event.hosts.map(({ host }) => host)
    const write = (text: string) => this.#sink.write(text)
    const live = new Live(event.play, hosts, {
      write,
      size: this.#size(),
      color: this.#options.color,
      turn: this.#options.turn,
    })
    const progress = new Progress(event, this.#mode)
    for (const host of hosts) live.show(host, progress.of(host)?.title ?? host, '')
    this.#play = { title: event.play, live, progress }
    await live.drawn()
  }

  #progress(event: Event): void {
    if (!this.#play || !('host' in event) || event.host === undefined) return
    const { live, progress, title } = this.#play
    const now = progress.add(event)
    if (!now) return
    if (now.done) live.end(event.host, now.title, now.failed)
    else live.show(event.host, now.title, now.output)
    // A host's row is over when its tasks are; what its handlers do stands below the play.
    const handler = event.type === 'task' && event.handler && event.state === 'running' ? event : undefined
    live.heading(`${title}  ${progress.done()}`, handler ? `${handler.host}  ${handler.title} (handler)` : '')
  }

  #size() {
    const { stream, columns } = this.#options
    return { columns: columns ?? stream.columns ?? 80, rows: stream.rows ?? 24 }
  }
}
