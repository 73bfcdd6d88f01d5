interface Waiting {
  readonly ended: Promise<boolean>
  settle(good: boolean): void
}

const waiting = (): Waiting => {
  let settle: (good: boolean) => void = () => {}
  const ended = new Promise<boolean>(resolve => {
    settle = resolve
  })
  return { ended, settle }
}

/**
 * Tasks that one host does for all of a play, or of a batch: the first of them, while the others wait. A first host that
 * does not get so far lets nobody wait for ever.
 */
export class Once {
  readonly #first: { readonly run: string | undefined; readonly batch: string | undefined }
  readonly #tasks = new Map<string, Waiting>()
  readonly #gone = new Set<string>()

  constructor(play: readonly string[], batch: readonly string[], earlier?: Once) {
    this.#first = { run: play[0], batch: batch[0] }
    // What ran once for the play counts in every batch of it.
    if (earlier) for (const [key, task] of earlier.#tasks) if (key.startsWith('run ')) this.#tasks.set(key, task)
    if (earlier) for (const host of earlier.#gone) this.#gone.add(host)
  }

  /** The host that does it. */
  leader(per: 'run' | 'batch'): string | undefined {
    return this.#first[per]
  }

  /** Whether the first host did it well. */
  ended(per: 'run' | 'batch', key: string): Promise<boolean> {
    const leader = this.#first[per]
    return leader === undefined || this.#gone.has(leader) ? this.#settled(per, key) : this.#task(per, key).ended
  }

  settle(per: 'run' | 'batch', key: string, good: boolean): void {
    this.#task(per, key).settle(good)
  }

  /** The host takes no further part: whatever it has not done by now it will not do. */
  leave(host: string): void {
    this.#gone.add(host)
    for (const [key, task] of this.#tasks)
      if (this.#first[key.startsWith('run ') ? 'run' : 'batch'] === host) task.settle(false)
  }

  #settled(per: 'run' | 'batch', key: string): Promise<boolean> {
    const task = this.#task(per, key)
    task.settle(false)
    return task.ended
  }

  #task(per: 'run' | 'batch', key: string): Waiting {
    const id = `${per} ${key}`
    const known = this.#tasks.get(id) ?? waiting()
    this.#tasks.set(id, known)
    return known
  }
}
