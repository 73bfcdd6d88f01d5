type Listener = (taken: boolean) => void

/**
 * Whose turn it is on the terminal. A question (a passphrase, in the middle of a play) takes it, and nothing is drawn over
 * the question until it is given back.
 */
export class Turn {
  readonly #listeners = new Set<Listener>()
  #taken = 0

  /** Runs `ask` with the terminal to itself. */
  async during<T>(ask: () => Promise<T>): Promise<T> {
    if (this.#taken++ === 0) this.#tell(true)
    try {
      return await ask()
    } finally {
      if (--this.#taken === 0) this.#tell(false)
    }
  }

  /** Called now and at every change; returns how to stop that. */
  watch(listener: Listener): () => void {
    this.#listeners.add(listener)
    listener(this.#taken > 0)
    return () => this.#listeners.delete(listener)
  }

  #tell(taken: boolean): void {
    for (const listener of this.#listeners) listener(taken)
  }
}
