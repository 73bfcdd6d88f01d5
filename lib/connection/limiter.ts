/** At most so many pieces of work at once for each name; the others wait in the order in which they came. */
export class Limiter {
  readonly #most: number
  readonly #running = new Map<string, number>()
  readonly #waiting = new Map<string, (() => void)[]>()

  constructor(most: number) {
    this.#most = most
  }

  async run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const running = this.#running.get(name) ?? 0
    if (running < this.#most) this.#running.set(name, running + 1)
    else
      await new Promise<void>(resolve => {
        this.#waiting.set(name, [...(this.#waiting.get(name) ?? []), resolve])
      })
    try {
      return await work()
    } finally {
      this.#leave(name)
    }
  }

  /** A place goes to the next one that waits, or is free again. */
  #leave(name: string): void {
    const [next, ...others] = this.#waiting.get(name) ?? []
    this.#waiting.set(name, others)
    if (next) next()
    else this.#running.set(name, (this.#running.get(name) ?? 1) - 1)
  }
}
