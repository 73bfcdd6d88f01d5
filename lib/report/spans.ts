import type { Attributes, Context, Span, Tracer } from '@opentelemetry/api'
import type { ErrorReport, Recorded } from '../event.ts'
import { type HostRun, type Outline, outline, type PlayRun, type TaskRun } from './outline.ts'
import { inShort } from './recap.ts'
import { lastRun } from './runs.ts'

type Api = typeof import('@opentelemetry/api')

/** Milliseconds that an exporter has to hand over the spans before the process goes on. */
const FLUSH = 5000

interface Node {
  readonly name: string
  readonly startMs: number
  readonly endMs: number
  readonly attributes: Attributes
  /** Why its status is an error. */
  readonly error?: string | undefined
  readonly children: readonly Node[]
}

const attributesOf = (given: Readonly<Record<string, string | number | boolean | undefined>>): Attributes =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => (value === undefined ? [] : [[`baton.${name}`, value]])),
  )

const said = (error: ErrorReport | undefined): string | undefined => error && inShort(error)

const taskNode = ({ about, ended, startMs, endMs }: TaskRun, mode: string): Node => {
  const { host, play, title, handler, at } = about
  const outcome = ended?.outcome ?? 'unknown'
  const { ignored, attempts, error, reason } = ended ?? {}
  const bad = outcome === 'failed' || outcome === 'unreachable' || (outcome === 'unknown' && mode === 'apply')
  return {
    name: title,
    startMs,
    endMs,
    attributes: {
      ...attributesOf({ host, play, handler, outcome, ignored, attempts, changes: ended?.changes.length }),
      'code.file.path': at.file,
      'code.line.number': at.line,
    },
    error: bad && !ignored ? (said(error) ?? reason ?? 'nobody saw it end') : undefined,
    children: [],
  }
}

const around = (children: readonly Node[], startMs: number, endMs: number) => ({
  startMs: Math.min(startMs, ...children.map(child => child.startMs)),
  endMs: Math.max(endMs, ...children.map(child => child.endMs)),
})

const hostNode = ({ host, tasks, unreachable, rolling }: HostRun, play: PlayRun, mode: string): Node => {
  const children = tasks.map(task => taskNode(task, mode))
  const failed = children.find(({ error }) => error !== undefined)
  const out = rolling?.state === 'failed' ? (rolling.reason ?? 'it stays out of rotation') : undefined
  const lastMs = Math.max(play.startMs, unreachable?.atMs ?? 0, ...children.map(child => child.endMs))
  return {
    name: host,
    ...around(children, play.startMs, lastMs),
    attributes: attributesOf({ host, play: play.play }),
    error: said(unreachable?.error) ?? out ?? (failed && `${failed.name}: ${failed.error}`),
    children,
  }
}

const playNode = (play: PlayRun, mode: string): Node => {
  const children = [...play.hosts.values()].map(host => hostNode(host, play, mode))
  const failed = children.filter(({ error }) => error !== undefined).map(({ name }) => name)
  return {
    name: play.play,
    ...around(children, play.startMs, play.endMs),
    attributes: attributesOf({ play: play.play, hosts: children.length }),
    error: failed.length > 0 ? `failed on ${failed.join(', ')}` : undefined,
    children,
  }
}

const runNode = ({ run, summary, plays, startMs, endMs, refused }: Outline): Node => {
  const mode = run?.mode ?? 'apply'
  const children = plays.map(play => playNode(play, mode))
  const exitCode = summary?.exitCode
  const wrong = exitCode === undefined ? 'the record ends before the run did' : `exit code ${exitCode}`
  return {
    name: run?.playbook ?? 'run',
    ...around(children, startMs, endMs),
    attributes: attributesOf({
      run: run?.run,
      mode,
      hosts: run?.hosts.length,
      exit_code: exitCode,
      resumes: run?.resumes,
    }),
    error: exitCode === 0 ? undefined : (said(refused[0]) ?? wrong),
    children,
  }
}

const emit = (node: Node, api: Api, tracer: Tracer, parent: Context): void => {
  const { name, startMs, endMs, attributes, error, children } = node
  const span: Span = tracer.startSpan(name, { startTime: startMs, attributes }, parent)
  const within = api.trace.setSpan(parent, span)
  for (const child of children) emit(child, api, tracer, within)
  if (error !== undefined) span.setStatus({ code: api.SpanStatusCode.ERROR, message: error })
  span.end(endMs)
}

/** What an SDK's provider has, and the API's does not say. */
interface Flushing {
  getDelegate?(): Flushing
  forceFlush?(): Promise<void>
}

const flush = async (provider: Flushing): Promise<void> => {
  const delegate = provider.getDelegate?.() ?? provider
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<void>(resolve => {
    timer = setTimeout(resolve, FLUSH)
  })
  await Promise.race([delegate.forceFlush?.().catch(() => {}), late])
  clearTimeout(timer)
}

/** The package is an optional peer: whoever wants spans has it, and has registered a provider before the run. */
const load = async (): Promise<Api | undefined> => {
  try {
    return await import('@opentelemetry/api')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  }
}

/** A provider was registered; the API's own, which stands for it, has a tracer only then. */
const isHeard = (api: Api): boolean => {
  const provider: object = api.trace.getTracerProvider()
  return provider instanceof api.ProxyTracerProvider ? provider.getDelegateTracer('baton') !== undefined : true
}

/**
 * Hands the last run of a journal to OpenTelemetry: a span for the run, in it one for each play, host and task, with the times
 * of the record. Where @opentelemetry/api is not installed or no provider is registered, nothing is read and nothing happens.
 * Resolves when the provider has flushed, within 5 s; an exporter that fails is no failure of the run.
 */
export const traceRun = async (read: () => Promise<readonly Recorded[]>, loadApi = load): Promise<void> => {
  const api = await loadApi()
  if (!api || !isHeard(api)) return
  const records = lastRun(await read())
  if (records.length === 0) return
  // A run that is part of something larger (a test, a service) hangs below it.
  emit(runNode(outline(records)), api, api.trace.getTracer('baton'), api.context.active())
  await flush(api.trace.getTracerProvider() as Flushing)
}
