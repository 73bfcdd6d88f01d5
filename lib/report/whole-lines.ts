import type { Event } from '../event.ts'

type Output = Extract<Event, { type: 'output' }>

/** Characters that are held back at most while a line has not ended. */
const LONGEST = 64 * 1024
/** What stays behind when a longer line is passed on in parts; no secret is expected to be longer. */
const OVERLAP = 4096

const about = ({ host, play, index }: { host: string; play: string; index: number }): string =>
  JSON.stringify([host, play, index])

/**
 * Output comes in pieces, and a secret may lie across two of them, where no mask would find it. So output is passed on in
 * whole lines; a carriage return ends one too. What is left is passed on before the task's end.
 */
export class WholeLines {
  readonly #mask: (text: string) => string
  readonly #held = new Map<string, Map<string, Output>>()

  constructor(mask: (text: string) => string) {
    this.#mask = mask
  }

  /** What may be passed on now, in order. */
  pass(event: Event): readonly Event[] {
    if (event.type === 'output') return this.#output(event)
    const ended = event.type === 'task' && event.state === 'ended' ? [about(event)] : []
    const over = event.type === 'summary' ? [...this.#held.keys()] : ended
    return [...over.flatMap(key => this.#release(key)), event]
  }

  /** What was still held back when the events ended. */
  rest(): readonly Event[] {
    return [...this.#held.keys()].flatMap(key => this.#release(key))
  }

  #output(event: Output): readonly Event[] {
    const task = this.#held.get(about(event)) ?? new Map<string, Output>()
    this.#held.set(about(event), task)
    let text = (task.get(event.stream)?.text ?? '') + event.text
    let end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1
    if (text.length - end > LONGEST) {
      // Masked as a whole, so that the cut cannot go through a secret that is complete.
      text = this.#mask(text)
      end = Math.max(end, text.length - OVERLAP)
    }
    task.set(event.stream, { ...event, text: text.slice(end) })
    return end > 0 ? [{ ...event, text: text.slice(0, end) }] : []
  }

  #release(key: string): readonly Event[] {
    const rest = [...(this.#held.get(key)?.values() ?? [])].filter(({ text }) => text !== '')
    this.#held.delete(key)
    return rest
  }
}
