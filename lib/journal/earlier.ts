import type { Earlier, Printed } from '../engine/context.ts'
import { handlerWork, workOf } from '../engine/step.ts'
import type { Debt, KnownDebts, NodeState, Recorded } from '../event.ts'
import { Debts } from './debts.ts'

const idOf = (...parts: readonly string[]): string => JSON.stringify(parts)

/**
 * What the records of a run say about what is done, and what is owed: a fold over its events, in their order. `resume`: the
 * run is gone on with, so that what is done counts; otherwise only its debts do. `debts`: what all runs of this work owe, this
 * one included; left out: what these records say.
 */
export class Past implements Earlier {
  readonly run: string
  readonly at: string
  readonly #resume: boolean
  readonly #handed = new Map<string, Printed>()
  readonly #ends = new Map<string, number>()
  readonly #sent = new Map<string, number>()
  readonly #jobUsers = new Map<string, { readonly host: string; readonly as: string | undefined }>()
  readonly #begun = new Set<string>()
  readonly #touched = new Set<string>()
  readonly #debts = new Debts()
  /** Ends of handlers that `paid` has told of, as long as the `ended` behind it has not come. */
  readonly #counted = new Set<string>()
  readonly #rolling = new Map<string, Map<string, NodeState>>()

  constructor(
    records: readonly Recorded[],
    { resume, debts }: { readonly resume: boolean; readonly debts?: KnownDebts | undefined },
  ) {
    const first = records[0]?.event
    this.run = first?.type === 'run' ? first.run : ''
    this.#resume = resume
    for (const record of records) this.#add(record)
    this.at = debts?.at ?? new Date().toISOString()
    if (debts) this.#debts.reset(debts.owed)
  }

  handed(host: string, play: string, key: string): Printed | undefined {
    return this.#resume ? this.#handed.get(idOf(host, play, key)) : undefined
  }

  ends(host: string, play: string, key: string): number {
    return this.#resume ? (this.#ends.get(idOf(host, play, key)) ?? 0) : 0
  }

  jobUsers(): readonly { readonly host: string; readonly as: string | undefined }[] {
    return this.#resume ? [...this.#jobUsers.values()] : []
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
    return this.#debts.list()
  }

  rolling(play: string): ReadonlyMap<string, NodeState> {
    return (this.#resume && this.#rolling.get(play)) || new Map()
  }

  #add({ event, time }: Recorded): void {
    switch (event.type) {
      case 'run':
        this.#counted.clear()
        if (event.debts) this.#debts.reset(event.debts.owed)
        return
      case 'handed':
        this.#handed.set(idOf(event.host, event.play, event.task), event)
        return
      case 'handler': {
        this.#debts.add(event)
        if (!event.ran) return
        const id = idOf(event.host, event.play, handlerWork(event.task))
        this.#counted.add(id)
        this.#end(id)
        return
      }
      case 'rolling':
        this.#rolling.set(event.play, (this.#rolling.get(event.play) ?? new Map()).set(event.host, event.state))
        return
      case 'sent':
        if (event.changes.some(({ job }) => job !== undefined)) {
          const { on: host = event.host, as } = event
          this.#jobUsers.set(idOf(host, as ?? ''), { host, as })
        }
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
        const id = idOf(event.host, event.play, workOf(event.key))
        // What it printed was not what it should have done.
        if (event.outcome === 'failed') this.#handed.delete(id)
        if (!this.#counted.delete(id)) this.#end(id)
        return
      }
      default:
        return
    }
  }

  #end(id: string): void {
    this.#ends.set(id, (this.#ends.get(id) ?? 0) + 1)
  }
}
