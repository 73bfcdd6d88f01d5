import type { HandedOn } from './host-state.ts'

/** What the first host made of a task, and what the task handed on there. */
export interface Led {
  readonly good: boolean
  readonly handed?: HandedOn | undefined
}

interface Waiting {
  readonly ended: Promise<Led>
  settle(led: Led): void
}

const waiting = (): Waiting => {
  let settle: (led: Led) => void = () => {}
  const ended = new Promise<Led>(resolve => {
    settle = resolve
  })
  return { ended, settle }
}

const NOT_DONE: Led = { good: false }

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

  /** What the first host made of it, once that is known. */
  ended(per: 'run' | 'batch', key: string): Promise<Led> {
    const leader = this.#first[per]
    if (leader === undefined || this.#gone.has(leader)) this.settle(per, key, NOT_DONE)
    return this.#task(per, key).ended
  }

  /** Only the first word counts. */
  settle(per: 'run' | 'batch', key: string, led: Led): void {
    this.#task(per, key).settle(led)
  }

  /** The host takes no further part: whatever it has not done by now it will not do. */
  leave(host: string): void {
    this.#gone.add(host)
    for (const [key, task] of this.#tasks)
      if (this.#first[key.startsWith('run ') ? 'run' : 'batch'] === host) task.settle(NOT_DONE)
  }

  #task(per: 'run' | 'batch', key: string): Waiting {
    const id = `${per} ${key}`
    const known = this.#tasks.get(id) ?? waiting()
    this.#tasks.set(id, known)
    return known
  }
}
