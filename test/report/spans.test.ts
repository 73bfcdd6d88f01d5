import { context, SpanStatusCode, trace } from '@opentelemetry/api'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import test from 'ava'
import type { Recorded } from '../../lib/event.ts'
import { traceRun } from '../../lib/report/spans.ts'
import { ended, failure, recorded, runOf } from '../helpers/events.ts'
import { asRecords, everything } from '../helpers/everything.ts'

const exporter = new InMemorySpanExporter()
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] })

test.before(() => {
  trace.setGlobalTracerProvider(provider)
})

test.beforeEach(() => exporter.reset())

const spansOf = async (records: readonly Recorded[]): Promise<readonly ReadableSpan[]> => {
  exporter.reset()
  await traceRun(async () => records)
  return exporter.getFinishedSpans()
}

const ms = ([seconds, nanos]: readonly [number, number]): number => seconds * 1000 + nanos / 1e6

/** The names of the spans that hold it, outermost first. */
const path = (span: ReadableSpan, all: readonly ReadableSpan[]): readonly string[] => {
  const parent = all.find(one => one.spanContext().spanId === span.parentSpanContext?.spanId)
  return [...(parent ? path(parent, all) : []), span.name]
}

test.serial('run, play, host and task, one within the other, in one trace', async t => {
  const all = await spansOf(asRecords(recorded('changing')))
  const paths = all.map(span => path(span, all).join(' > '))
  t.true(paths.includes('Artifactory warm standby'))
  t.true(paths.includes('Artifactory warm standby > Prepare both hosts > standby1 > file /etc/motd'))
  t.is(new Set(all.map(span => span.spanContext().traceId)).size, 1)
  const tasks = recorded('changing').filter(event => event.type === 'task' && event.state === 'ended')
  t.is(paths.filter(one => one.split(' > ').length === 4).length, tasks.length)
})

test.serial('times are those of the record, and no span is outside of its parent', async t => {
  const records = asRecords(everything)
  const all = await spansOf(records)
  const run = all.find(span => !span.parentSpanContext)!
  t.is(ms(run.startTime), Date.parse(records[0]!.time))
  t.is(ms(run.endTime), Date.parse(records.at(-1)!.time))
  const motd = all.find(span => span.name === 'file /a' && span.attributes['baton.host'] === 'h1')!
  t.is(ms(motd.startTime), Date.parse(records[7]!.time), 'when it was seen to run')
  t.is(ms(motd.endTime), Date.parse(records[10]!.time))
  for (const span of all) {
    const parent = all.find(one => one.spanContext().spanId === span.parentSpanContext?.spanId)
    if (parent) t.true(ms(parent.startTime) <= ms(span.startTime) && ms(span.endTime) <= ms(parent.endTime), span.name)
  }
})

test.serial(
  'what failed has the status error, up to the run; what is ignored or unknown in check mode has not',
  async t => {
    const error = failure({ message: 'exit code 1', code: 1, stderr: 'disk full\n' })
    const events = [ended('h1', 'a', 'failed', { error }), ended('h2', 'b', 'failed', { error, ignored: true })]
    const summary = { type: 'summary', exitCode: 2, hosts: {}, durationMs: 0 } as const
    const all = await spansOf(asRecords([...runOf(['h1', 'h2'], events).slice(0, -1), summary]))
    const status = Object.fromEntries(all.map(({ name, status }) => [name, status]))
    t.deepEqual(status, {
      a: { code: SpanStatusCode.ERROR, message: 'exit code 1: disk full' },
      b: { code: SpanStatusCode.UNSET },
      h1: { code: SpanStatusCode.ERROR, message: 'a: exit code 1: disk full' },
      h2: { code: SpanStatusCode.UNSET },
      p: { code: SpanStatusCode.ERROR, message: 'failed on h1' },
      Test: { code: SpanStatusCode.ERROR, message: 'exit code 2' },
    })
    const check = await spansOf(asRecords(runOf(['h1'], [ended('h1', 'a', 'unknown')], 'check')))
    t.true(check.every(({ status: { code } }) => code === SpanStatusCode.UNSET))
    t.is(check.find(({ name }) => name === 'a')?.attributes['baton.outcome'], 'unknown')
  },
)

test.serial('a task that nobody saw end, and a record that ends before the run did, are errors', async t => {
  const all = await spansOf(asRecords(everything.slice(0, 8)))
  t.is(all.find(({ name }) => name === 'file /a')?.status.message, 'nobody saw it end')
  t.is(all.find(span => !span.parentSpanContext)?.status.message, 'the record ends before the run did')
})

test.serial('it hangs below the span that is active around it', async t => {
  const outer = provider.getTracer('test').startSpan('pipeline')
  const active = context.active.bind(context)
  context.active = () => trace.setSpan(active(), outer)
  try {
    const all = await spansOf(asRecords(recorded('converged')))
    t.is(
      all.find(({ name }) => name === 'Artifactory warm standby')?.parentSpanContext?.spanId,
      outer.spanContext().spanId,
    )
  } finally {
    context.active = active
  }
})

test.serial('without records nothing happens; without the package or a provider they are not even read', async t => {
  const never = () => Promise.reject(new Error('read'))
  await traceRun(never, async () => undefined)
  await traceRun(async () => [])
  trace.disable()
  await traceRun(never)
  trace.setGlobalTracerProvider(provider)
  t.deepEqual(exporter.getFinishedSpans(), [])
})

test.serial('an exporter that cannot hand over is no failure of the run', async t => {
  const flush = provider.forceFlush.bind(provider)
  provider.forceFlush = () => Promise.reject(new Error('the collector is away'))
  await t.notThrowsAsync(traceRun(async () => asRecords(everything)))
  provider.forceFlush = flush
})
