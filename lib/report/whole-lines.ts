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
export async function* wholeLines(events: AsyncIterable<Event>, mask: (text: string) => string): AsyncGenerator<Event> {
  const held = new Map<string, Map<string, Output>>()
  for await (const event of events) {
    if (event.type === 'output') {
      const task = held.get(about(event)) ?? new Map<string, Output>()
      held.set(about(event), task)
      let text = (task.get(event.stream)?.text ?? '') + event.text
      let end = Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) + 1
      if (text.length - end > LONGEST) {
        // Masked as a whole, so that the cut cannot go through a secret that is complete.
        text = mask(text)
        end = Math.max(end, text.length - OVERLAP)
      }
      if (end > 0) yield { ...event, text: text.slice(0, end) }
      task.set(event.stream, { ...event, text: text.slice(end) })
      continue
    }
    const ended = event.type === 'task' && event.state === 'ended' ? [about(event)] : []
    for (const key of event.type === 'summary' ? held.keys() : ended) {
      for (const rest of held.get(key)?.values() ?? []) if (rest.text) yield rest
      held.delete(key)
    }
    yield event
  }
  for (const task of held.values()) for (const rest of task.values()) if (rest.text) yield rest
}
