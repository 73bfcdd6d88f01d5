import type { ChangeReport, Event } from '../event.ts'
import { maskSecrets } from '../secret.ts'
import { hideFormer } from './former-secret.ts'
import { forTerminal, oneLine } from './terminal-text.ts'
import { WholeLines } from './whole-lines.ts'

/** Words of Baton itself. A secret that happens to be `summary` must not unmake the event. */
const ownWords = new Set(['type', 'state', 'outcome', 'mode', 'kind', 'stream', 'connection'])

/** Fields that may have several lines. A line break anywhere else would let a host forge a line of the report. */
const manyLines = new Set(['message', 'hint', 'reason', 'command', 'stdout', 'stderr', 'stack', 'text'])

type Clean = (text: string, field: string) => string

const cleaners: Record<'terminal' | 'json', Clean> = {
  terminal: (text, field) => (manyLines.has(field) ? forTerminal : oneLine)(maskSecrets(text)),
  json: maskSecrets,
}

/** Every string of a value, and the host names that are keys of a summary. */
const walk = (value: unknown, clean: Clean, field: string): unknown => {
  if (typeof value === 'string') return ownWords.has(field) ? value : clean(value, field)
  if (Array.isArray(value)) return value.map(item => walk(item, clean, field === 'hosts' ? '' : field))
  if (typeof value !== 'object' || value === null) return value
  const named = field === 'hosts'
  const pairs = Object.entries(value).map(([key, item]) =>
    // A host that is called `type` is still a host.
    named ? [clean(key, ''), walk(item, clean, '')] : [key, walk(item, clean, key)],
  )
  return Object.fromEntries(pairs)
}

const hideFormerSecrets = (changes: readonly ChangeReport[]): readonly ChangeReport[] =>
  changes.map(change => ({ ...change, diffs: change.diffs.map(diff => hideFormer(diff, maskSecrets)) }))

/**
 * The one place where what a host said becomes fit to be shown or kept: secrets are masked, and for a terminal whatever
 * could steer it is written out. No renderer and no journal sees anything that has not been through here.
 */
export class Gate {
  readonly #clean: Clean
  readonly #lines = new WholeLines(maskSecrets)

  constructor(target: 'terminal' | 'json') {
    this.#clean = cleaners[target]
  }

  /** What may go out now. Output waits for the end of its line. */
  pass(event: Event): readonly Event[] {
    return this.#lines.pass(event).map(one => this.#safe(one))
  }

  /** What still waited when the events ended. */
  rest(): readonly Event[] {
    return this.#lines.rest().map(one => this.#safe(one))
  }

  #safe(event: Event): Event {
    const hidden = event.type === 'task' && event.state === 'ended'
    const safe = hidden ? { ...event, changes: hideFormerSecrets(event.changes) } : event
    return walk(safe, this.#clean, '') as Event
  }
}

/** A stream of events through a gate. */
export async function* gate(events: AsyncIterable<Event>, target: 'terminal' | 'json'): AsyncGenerator<Event> {
  const one = new Gate(target)
  for await (const event of events) yield* one.pass(event)
  yield* one.rest()
}

/** An event of a journal, which came through a gate as `json` when it was written: made fit for what it is shown on now. */
export const again = (event: Event, target: 'terminal' | 'json'): Event => walk(event, cleaners[target], '') as Event
