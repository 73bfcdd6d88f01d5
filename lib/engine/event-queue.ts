import type { Event } from '../event.ts'

/** Events from many hosts at once, read as one stream in the order in which they were sent. */
export class EventQueue {
  readonly #events: Event[] = []
  #wake: (() => void) | undefined
  #closed = false

  send = (event: Event): void => {
    this.#events.push(event)
    this.#wake?.()
  }

  close(): void {
    this.#closed = true
    this.#wake?.()
  }

  async *read(): AsyncGenerator<Event> {
    for (;;) {
      const event = this.#events.shift()
      if (event) yield event
      else if (this.#closed) return
      else
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
    }
  }
}
