import type { Event } from '../event.ts'

/** Nothing is written for these, so that nothing has to be said before them. */
const silent: ReadonlySet<Event['type']> = new Set(['sent', 'handed', 'handler'])

export interface Skip {
  readonly host: string
  /** A title, or how many tasks. */
  readonly what: string
  readonly reason: string
}

interface Held {
  readonly reason: string
  readonly titles: readonly string[]
}

const skip = (host: string, { reason, titles }: Held): Skip => ({
  host,
  what: titles.length === 1 ? (titles[0] ?? '') : `${titles.length} tasks`,
  reason,
})

/** Tasks of a host that are skipped one after the other for the same reason become one line. */
export class Skips {
  readonly #held = new Map<string, Held>()

  hold(host: string, title: string, reason: string): void {
    this.#held.set(host, { reason, titles: [...(this.#held.get(host)?.titles ?? []), title] })
  }

  /** What has to be said before this event: another thing about the host, or the end of the play. */
  interrupt(event: Event): readonly Skip[] {
    if (silent.has(event.type)) return []
    const hosts = [...this.#held].filter(([host, held]) => {
      if (event.type === 'play' || event.type === 'summary') return true
      if (!('host' in event) || event.host !== host) return false
      const more = event.type === 'task' && event.state === 'ended' && event.outcome === 'skipped'
      return !more || event.reason !== held.reason
    })
    for (const [host] of hosts) this.#held.delete(host)
    return hosts.map(([host, held]) => skip(host, held))
  }
}
