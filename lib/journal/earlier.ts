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
  readonly #ends = new Map<string, number>()
  readonly #sent = new Map<string, number>()
  readonly #begun = new Set<string>()
  readonly #touched = new Set<string>()
  readonly #owed = new Map<string, Debt>()
  readonly #rolling = new Map<string, Map<string, NodeState>>()

  constructor(records: readonly Recorded[], { resume }: { readonly resume: boolean }) {
    const first = records[0]?.event
    this.run = first?.type === 'run' ? first.run : ''
    this.#resume = resume
    for (const record of records) this.#add(record)
  }

  handed(host: string, play: string, key: string): Printed | undefined {
    return this.#resume ? this.#handed.get(idOf(host, play, key)) : undefined
  }

  ends(host: string, play: string, key: string): number {
    return this.#resume ? (this.#ends.get(idOf(host, play, key)) ?? 0) : 0
  }

  sentAtMs(host: string, job: string): number | undefined {
    return this.#resume ? this.#sent.get(idOf(host, job)) : undefined
  }

  /** A change of the step was sent to its host. */
  begun(host: string, play: string, key: string): boolean {
    return this.#begun.has(idOf(host, play, key))
  }

  /** Something was sent in a play about the host. */
  touched(host: string): boolean {
    return this.#touched.has(host)
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

  #add({ event, time }: Recorded): void {
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
      case 'sent':
        this.#touched.add(event.host)
        for (const { job, key } of event.changes) {
          if (key !== undefined) this.#begun.add(idOf(event.host, event.play, key))
          if (job !== undefined) this.#sent.set(idOf(event.host, job), Date.parse(time))
        }
        return
      case 'task': {
        // What was skipped did not run, and what is unknown has not been seen to end: that one is looked up.
        if (event.state !== 'ended' || event.key === undefined) return
        if (event.outcome !== 'failed' && event.outcome !== 'changed' && event.outcome !== 'ok') return
        const id = idOf(event.host, event.play, event.key)
        // What it printed was not what it should have done.
        if (event.outcome === 'failed') this.#handed.delete(id)
        this.#ends.set(id, (this.#ends.get(id) ?? 0) + 1)
        return
      }
      default:
        return
    }
  }
}
