import { EXIT } from '../errors.ts'
import type { Counts, Event, Outcome } from '../event.ts'

type Tally = { -readonly [K in keyof Counts]: Counts[K] }

/** A fold over events: what each host came to, and the exit code of the run. */
export class Summary {
  readonly #hosts = new Map<string, Tally>()
  readonly #outOfRotation = new Set<string>()
  #refused = false

  add(event: Event): void {
    if (event.type === 'run') for (const host of event.hosts) this.#tally(host)
    if (event.type === 'unreachable') this.#tally(event.host).unreachable++
    if (event.type === 'refused') this.#refused = true
    if (event.type === 'rolling' && event.state === 'failed') this.#outOfRotation.add(event.host)
    if (event.type === 'task' && event.state === 'ended') {
      const tally = this.#tally(event.host)
      if (event.ignored) tally.ignored = (tally.ignored ?? 0) + 1
      else tally[event.outcome satisfies Outcome]++
      if (event.error?.kind === 'refused') this.#refused = true
    }
  }

  hosts(): Readonly<Record<string, Counts>> {
    return Object.fromEntries(
      [...this.#hosts].map(([host, tally]) => {
        // A node that failed at its gate, with all its tasks done, has failed all the same.
        const silent = this.#outOfRotation.has(host) && tally.failed + tally.unreachable + tally.unknown === 0
        return [host, { ...tally, ...(silent && { failed: 1 }) }]
      }),
    )
  }

  /**
   * The gravest thing that happened. A refusal goes before other failures, because a pipeline must tell "would have been
   * unsafe" from "broke". In check mode *unknown* is what planning could not foresee, and no failure.
   */
  exitCode(options: {
    readonly interrupted: boolean
    readonly check: boolean
    readonly expectNoChanges: boolean
    /** A host did not get to the end, whatever the reason. */
    readonly broken: boolean
  }): number {
    const sum = (outcome: Outcome) => [...this.#hosts.values()].reduce((n, tally) => n + tally[outcome], 0)
    if (options.interrupted) return EXIT.interrupted
    if (this.#refused) return EXIT.refused
    if (sum('failed') > 0) return EXIT.failed
    if (sum('unreachable') > 0 || (sum('unknown') > 0 && !options.check)) return EXIT.unreachable
    if (options.broken) return EXIT.failed
    if (options.expectNoChanges && sum('changed') + sum('unknown') > 0) return EXIT.changesPending
    return EXIT.done
  }

  #tally(host: string): Tally {
    const known = this.#hosts.get(host)
    if (known) return known
    const tally: Tally = { ok: 0, changed: 0, failed: 0, skipped: 0, unreachable: 0, unknown: 0 }
    this.#hosts.set(host, tally)
    return tally
  }
}
