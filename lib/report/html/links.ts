import type { Event } from '../../event.ts'
import type { Numbered } from './numbered.ts'
import type { Link } from './report.ts'

type HostEvent = Extract<Event, { type: 'host' }>

/** A fold over what is said of connections: when each was opened, and when it was over. */
export class Links {
  readonly list: { -readonly [K in keyof Link]: Link[K] }[] = []
  readonly #hosts: Numbered<string>

  constructor(hosts: Numbered<string>) {
    this.#hosts = hosts
  }

  add({ host: name, state, roundTrips }: HostEvent, at: number): void {
    const host = this.#hosts.of(name)
    const last = this.list.findLast(link => link.host === host && link.end === undefined)
    if (state === 'connecting') this.list.push({ host, start: at })
    else if (last && state === 'connected') last.connected = at
    else if (last) {
      last.end = at
      if (roundTrips !== undefined) last.roundTrips = roundTrips
    }
  }

  unreachable(name: string, at: number): void {
    const host = this.#hosts.of(name)
    const last = this.list.findLast(link => link.host === host && link.end === undefined)
    if (last) last.end = at
  }
}
