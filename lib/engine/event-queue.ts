import type { Event } from '../event.ts'

/** Events from many hosts at once, read as one stream in the order in which they were sent. */
export class EventQueue {
  #events: Event[] = []
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
      // All at once: to shift them off one by one would move all others each time.
      const events = this.#events
      this.#events = []
      yield* events
      if (this.#events.length > 0) continue
      if (this.#closed) return
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    }
  }
}
