import type { Earlier, Printed } from '../engine/context.ts'
import type { NodeState, Recorded } from '../event.ts'

const idOf = (...parts: readonly string[]): string => JSON.stringify(parts)

/** What a run owes: its name, and its handlers by host and play. */
interface Debt {
  readonly host: string
  readonly play: string
  readonly task: string
  readonly title: string
}

/**
 * What the records of a run say about what is done, and what is owed: a fold over its events, in their order. `resume`: the
 * run is gone on with, so that what is done counts; otherwise only its debts do.
 */
export class Past implements Earlier {
  readonly run: string
  readonly #resume: boolean
  readonly #handed = new Map<string, Printed>()
  readonly #attempts = new Map<string, number>()
  readonly #owed = new Map<string, Debt>()
  readonly #rolling = new Map<string, Map<string, NodeState>>()

  constructor(records: readonly Recorded[], { resume }: { readonly resume: boolean }) {
    const first = records[0]?.event
    this.run = first?.type === 'run' ? first.run : ''
    this.#resume = resume
    for (const { event } of records) this.#add(event)
  }

  handed(host: string, play: string, key: string): Printed | undefined {
    return this.#resume ? this.#handed.get(idOf(host, play, key)) : undefined
  }

  attempts(host: string, play: string, key: string): number {
    return this.#resume ? (this.#attempts.get(idOf(host, play, key)) ?? 0) : 0
  }

  owed(host: string, play: string): readonly Debt[] {
    return this.debts().filter(debt => debt.host === host && debt.play === play)
  }

  debts(): readonly Debt[] {
    return [...this.#owed.values()]
  }

  rolling(play: string): ReadonlyMap<string, NodeState> {
    return (this.#resume && this.#rolling.get(play)) || new Map()
  }

  #add(event: Recorded['event']): void {
    switch (event.type) {
      case 'handed':
        this.#handed.set(idOf(event.host, event.play, event.task), event)
        return
      case 'handler': {
        const { host, play, task, title } = event
        if (event.state === 'owed') this.#owed.set(idOf(host, play, task), { host, play, task, title })
        else this.#owed.delete(idOf(host, play, task))
        return
      }
      case 'rolling':
        this.#rolling.set(event.play, (this.#rolling.get(event.play) ?? new Map()).set(event.host, event.state))
        return
      case 'task': {
        if (event.state !== 'ended' || event.outcome !== 'failed' || event.key === undefined) return
        const id = idOf(event.host, event.play, event.key)
        // What it printed was not what it should have done.
        this.#handed.delete(id)
        this.#attempts.set(id, (this.#attempts.get(id) ?? 0) + 1)
        return
      }
      default:
        return
    }
  }
}
