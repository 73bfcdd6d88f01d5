import type { Event } from '../event.ts'
import type { Renderer } from './renderer.ts'
import type { Sink } from './sink.ts'
import { safeJson } from './terminal-text.ts'

/** One event a line, the summary last. */
export class Json implements Renderer {
  readonly #sink: Sink
  constructor(sink: Sink) {
    this.#sink = sink
  }
  event(event: Event): void {
    this.#sink.write(`${safeJson(event)}\n`)
  }
  async close(): Promise<void> {}
}
