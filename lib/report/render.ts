import { BatonError } from '../errors.ts'
import type { Event, Recorded } from '../event.ts'
import { again, gate } from './gate.ts'
import { Json } from './json.ts'
import { Plain } from './plain.ts'
import type { Renderer, RenderOptions, Summary } from './renderer.ts'
import { runsOf } from './runs.ts'
import { type Sink, sinkTo } from './sink.ts'
import { unheard } from './workflow-command.ts'

export type { RenderOptions, Summary } from './renderer.ts'
export { Turn } from './turn.ts'

/** What only one format needs is loaded for it alone. */
const open = async (options: RenderOptions, given: Sink): Promise<Renderer> => {
  const { format } = options
  if (format === 'json') return new Json(given)
  const sink = options.env?.GITHUB_ACTIONS === 'true' || format === 'github' ? unheard(given) : given
  if (format === 'github') return new (await import('./github.ts')).Github(given, sink, options)
  return format === 'plain' ? new Plain(sink, options) : new (await import('./pretty.ts')).Pretty(sink, options)
}

const targetOf = ({ format }: RenderOptions): 'json' | 'terminal' => (format === 'json' ? 'json' : 'terminal')

const show = async (events: AsyncIterable<Event>, options: RenderOptions): Promise<Summary | undefined> => {
  const sink = sinkTo(options.stream)
  const renderer = await open(options, sink)
  let summary: Summary | undefined
  try {
    for await (const event of events) {
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
  return summary
}

/**
 * Shows a run, and resolves with its summary when the events have ended and all is written. A reader that goes away
 * (`| head`) does not stop the run. Rejects with what the events threw, or with BatonError when they end without a
 * summary or the stream cannot be written.
 */
export const render = async (events: AsyncIterable<Event>, options: RenderOptions): Promise<Summary> => {
  const summary = await show(gate(events, targetOf(options)), options)
  if (!summary) throw new BatonError('the run ended without a summary, so nobody knows how it went')
  return summary
}

/**
 * Shows a journal's runs, each byte for byte as `render` showed it. Resolves with the summary of the last; undefined where the
 * journal ends before it did.
 */
export const replay = async (records: readonly Recorded[], options: RenderOptions): Promise<Summary | undefined> => {
  async function* events(run: readonly Recorded[]): AsyncGenerator<Event> {
    for (const { event } of run) yield again(event, targetOf(options))
  }
  let summary: Summary | undefined
  for (const run of runsOf(records)) summary = await show(events(run), options)
  return summary
}
