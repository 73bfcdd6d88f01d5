import type { Event } from '../event.ts'

type Handler = Extract<Event, { type: 'handler' }>

const keyOf = ({ host, play, task }: Handler): string => JSON.stringify([host, play, task])

/** A fold over events: the handlers that were notified and have not run. */
export class Owed {
  readonly #owed = new Map<string, Handler>()

  add(event: Handler): void {
    if (event.state === 'owed') this.#owed.set(keyOf(event), event)
    else this.#owed.delete(keyOf(event))
  }

  /** Each title with its hosts, in the order in which they were notified. */
  list(): readonly { readonly title: string; readonly hosts: readonly string[] }[] {
    const groups = new Map<string, Set<string>>()
    for (const { title, host } of this.#owed.values()) groups.set(title, (groups.get(title) ?? new Set()).add(host))
    return [...groups].map(([title, hosts]) => ({ title, hosts: [...hosts] }))
  }
}
