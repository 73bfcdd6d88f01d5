import type { Event } from '../../event.ts'
import type { Numbered } from './numbered.ts'
import type { Note } from './report.ts'
import { visible } from './visible.ts'

type Noted = Extract<Event, { type: 'notice' | 'lease' | 'handler' | 'preflight' | 'refused' }>

interface Said {
  readonly text: string
  readonly state?: string
  readonly trouble?: boolean
  readonly host?: string
  readonly hint?: string | undefined
}

const said = (event: Noted): readonly Said[] => {
  switch (event.type) {
    case 'notice':
      return [{ text: event.text, ...(event.host !== undefined && { host: event.host }) }]
    case 'lease':
      return [{ ...event, text: `lease ${event.counter} ${event.state}`, trouble: event.state === 'lost' }]
    case 'handler':
      return [{ ...event, text: event.title }]
    case 'refused':
      return [{ text: event.error.message, hint: event.error.hint, trouble: true }]
    case 'preflight':
      return event.problems.map(({ host, message, hint }) => ({ host, text: message, hint, trouble: true }))
  }
}

/** A fold over whatever happened that is no task. */
export class Notes {
  readonly #hosts: Numbered<string>
  readonly #texts: Numbered<string>
  readonly #list: Note[] = []
  /** Handlers that were notified and have not run, by who they are. */
  readonly #owed = new Map<string, number>()

  constructor(hosts: Numbered<string>, texts: Numbered<string>) {
    this.#hosts = hosts
    this.#texts = texts
  }

  add(event: Noted, at: number): void {
    if (event.type === 'handler') {
      const key = JSON.stringify([event.host, event.play, event.task])
      if (event.state === 'owed') this.#owed.set(key, this.#list.length)
      else this.#owed.delete(key)
    }
    for (const { text, state, trouble, host, hint } of said(event))
      this.#list.push({
        at,
        kind: event.type,
        ...(state !== undefined && { state }),
        ...(trouble && { trouble: 1 as const }),
        ...(host !== undefined && { host: this.#hosts.of(host) }),
        text: this.#texts.of(visible(text)),
        ...(hint !== undefined && { hint: this.#texts.of(visible(hint)) }),
      })
  }

  /** `owed` at the end is something to look at; before that it was only on its way. */
  list(): readonly Note[] {
    const owed = new Set(this.#owed.values())
    return this.#list.map((note, i) => (owed.has(i) ? { ...note, trouble: 1 } : note))
  }
}
