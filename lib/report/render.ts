import { BatonError } from '../errors.ts'
import type { Event } from '../event.ts'
import { gate } from './gate.ts'
import { Json } from './json.ts'
import { Plain } from './plain.ts'
import { Pretty } from './pretty.ts'
import type { Renderer, RenderOptions, Summary } from './renderer.ts'
import { type Sink, sinkTo } from './sink.ts'

export type { RenderOptions, Summary } from './renderer.ts'
export { Turn } from './turn.ts'

const open = (options: RenderOptions, sink: Sink): Renderer => {
  if (options.format === 'json') return new Json(sink)
  return options.format === 'plain' ? new Plain(sink, options) : new Pretty(sink, options)
}

/**
 * Shows a run, and resolves with its summary when the events have ended and all is written. A reader that goes away
 * (`| head`) does not stop the run. Rejects with what the events threw, or with BatonError when they end without a
 * summary or the stream cannot be written.
 */
export const render = async (events: AsyncIterable<Event>, options: RenderOptions): Promise<Summary> => {
  const sink = sinkTo(options.stream)
  const renderer = open(options, sink)
  let summary: Summary | undefined
  try {
    for await (const event of gate(events, options.format === 'json' ? 'json' : 'terminal')) {
      if (summary) continue // Read to the end, so that the engine can clean up; but the summary is the last word.
      await renderer.event(event)
      if (event.type === 'summary') summary = event
    }
  } finally {
    await renderer.close()
    await sink.close()
  }
  if (sink.problem)
    throw new BatonError(`the report cannot be written: ${sink.problem.message}`, { cause: sink.problem })
  if (!summary) throw new BatonError('the run ended without a summary, so nobody knows how it went')
  return summary
}
