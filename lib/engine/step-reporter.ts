import { StringDecoder } from 'node:string_decoder'
import type { Change } from '../changes/change.ts'
import { ConnectionError } from '../errors.ts'
import type { ChangeReport, ErrorReport, Event, Outcome, TaskReport } from '../event.ts'
import { reportError } from './report-error.ts'
import type { Step } from './step.ts'

export interface End {
  readonly outcome: Outcome
  readonly changes?: readonly ChangeReport[]
  readonly reason?: string
  readonly error?: ErrorReport
  /** Milliseconds that its changes ran on the host. */
  readonly durationMs?: number
}

/** How the ends of some steps are to be reported. */
interface Manner {
  /** A failure stops nothing, or is rescued. */
  readonly ignoring?: true | 'rescue'
  /** Said behind each title: where a delegated task runs. */
  readonly where?: string
  /** Instead of being reported, an end goes here. */
  readonly catch?: (step: Step, end: End) => void
  /** Told of each end before it is reported. */
  readonly watch?: (step: Step, end: End) => void
}

/** Says as events what becomes of the steps of one play on one host. */
export class StepReporter {
  readonly #host: string
  readonly #play: string
  readonly #send: (event: Event) => void
  readonly #manner: Manner
  readonly #started = new Set<Step>()
  readonly #decoders = new WeakMap<Step, Record<'stdout' | 'stderr', StringDecoder>>()
  readonly #state: { gone: boolean; refused: boolean }

  constructor(
    host: string,
    play: string,
    send: (event: Event) => void,
    manner: Manner = {},
    state = { gone: false, refused: false },
  ) {
    this.#host = host
    this.#play = play
    this.#send = send
    this.#manner = manner
    this.#state = state
  }

  /** The same, in another manner. */
  but(manner: Manner): StepReporter {
    return new StepReporter(this.#host, this.#play, this.#send, { ...this.#manner, ...manner }, this.#state)
  }

  /** Nobody knows the state of the host, or it cannot be reached: nothing more can be done on it. */
  get gone(): boolean {
    return this.#state.gone
  }

  /** A guard said no: nothing but what is done in any case may follow. */
  get refused(): boolean {
    return this.#state.refused
  }

  start(step: Step): void {
    if (this.#started.has(step)) return
    this.#started.add(step)
    this.#send({ type: 'task', state: 'running', ...this.#about(step) })
  }

  output(step: Step, stream: 'stdout' | 'stderr', chunk: Buffer): void {
    const text = this.#decoder(step, stream).write(chunk)
    if (text) this.#send({ type: 'output', ...this.#about(step), stream, text })
  }

  end(step: Step, end: End): void {
    const { outcome, changes = [], reason, error, durationMs = 0 } = end
    if (outcome === 'unreachable' || (outcome === 'unknown' && error)) this.#state.gone = true
    if (error?.kind === 'refused') this.#state.refused = true
    if (this.#manner.catch) {
      this.#manner.catch(step, end)
      return
    }
    this.#manner.watch?.(step, end)
    const ignored = this.#manner.ignoring !== undefined && outcome === 'failed' && error?.kind !== 'refused'
    this.#send({
      type: 'task',
      state: 'ended',
      ...this.#about(step),
      outcome,
      changes,
      ...(reason !== undefined && { reason }),
      ...(error && { error }),
      ...(ignored && { ignored }),
      ...(ignored && this.#manner.ignoring === 'rescue' && { rescued: true as const }),
      ...(step.attempt > 1 && { attempts: step.attempt }),
      durationMs: Math.round(durationMs),
    })
  }

  /** `change`: the one that was being applied; left out: nothing was sent to the host. */
  endWithError(
    step: Step,
    cause: unknown,
    change?: Change,
    changes: readonly ChangeReport[] = [],
    durationMs = 0,
    lost = false,
  ): void {
    const error = reportError(cause, change?.summary)
    // With nothing sent there is nothing that could have happened unseen.
    const kind = lost ? 'unknown' : error.kind === 'unknown' && !change ? 'unreachable' : error.kind
    const outcome: Outcome = kind === 'unknown' || kind === 'unreachable' ? kind : 'failed'
    const hint =
      cause instanceof ConnectionError && kind === 'unknown'
        ? { hint: 'Nobody saw it end. The next run reads the host again before it does anything.' }
        : {}
    this.end(step, { outcome, changes, durationMs, error: { ...error, kind, ...hint } })
  }

  skip(steps: readonly Step[], reason: string): void {
    for (const step of steps) this.end(step, { outcome: 'skipped', reason })
  }

  notice(text: string): void {
    this.#send({ type: 'notice', host: this.#host, text })
  }

  /** A character may lie across two chunks. */
  #decoder(step: Step, stream: 'stdout' | 'stderr'): StringDecoder {
    const of = this.#decoders.get(step) ?? { stdout: new StringDecoder(), stderr: new StringDecoder() }
    this.#decoders.set(step, of)
    return of[stream]
  }

  #about({ task, index, handler, key }: Step): TaskReport {
    const { action, at } = task
    const title = this.#manner.where === undefined ? task.title : `${task.title} (on ${this.#manner.where})`
    return { host: this.#host, play: this.#play, index, key, title, handler, action, at }
  }
}
