import type { Event } from '../event.ts'
import { Log } from './log.ts'
import type { Renderer, RenderOptions } from './renderer.ts'
import type { Sink } from './sink.ts'

/** Lines for logs and pipes: each is written when it is known, and never again. */
export class Plain implements Renderer {
  readonly #sink: Sink
  readonly #log: Log
  constructor(sink: Sink, options: RenderOptions) {
    this.#sink = sink
    this.#log = new Log(options)
  }
  event(event: Event): void {
    for (const line of this.#log.lines(event)) this.#sink.write(`${line}\n`)
  }
  async close(): Promise<void> {}
}
