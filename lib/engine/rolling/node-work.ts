import type { Item } from '../../dsl/item.ts'
import type { Event } from '../../event.ts'
import { AFTER_FAILURE } from '../apply.ts'
import type { Earlier, RunContext } from '../context.ts'
import { HostPlay, type PlayResult } from '../host-play.ts'
import type { HostState } from '../host-state.ts'
import type { Once } from '../once.ts'

/** What a phase of a node came to. */
export type Worked =
  | { readonly state: 'passed' }
  | { readonly state: 'failed' | 'interrupted'; readonly reason: string }

interface About {
  readonly play: string
  readonly become: boolean | string | undefined
  readonly once: Once
  readonly handlers?: ReadonlySet<string> | undefined
}

/** Hooks go to and fro, so what one did before a run was resumed says nothing of what must be done now. */
const forgetful = (earlier: Earlier): Earlier => ({
  run: earlier.run,
  at: earlier.at,
  handed: () => undefined,
  ends: (...of) => earlier.ends(...of),
  sentAtMs: (...of) => earlier.sentAtMs(...of),
  owed: (...of) => earlier.owed(...of),
  debts: () => earlier.debts(),
  rolling: play => earlier.rolling(play),
})

/** Something is to be done. Where nothing is applied, nobody may say that it was. */
const isOpen = (event: Event): event is Extract<Event, { type: 'task'; state: 'ended' }> =>
  event.type === 'task' && event.state === 'ended' && (event.outcome === 'changed' || event.outcome === 'unknown')

/** The tasks of one node of a roll, phase by phase, and why the last of them went wrong. */
export class NodeWork {
  readonly #state: HostState
  readonly #context: RunContext
  readonly #play: HostPlay
  #hook = false
  #predicting = false
  #wrong: { readonly title: string; readonly why: string; readonly heavy: boolean } | undefined

  constructor(state: HostState, about: About, context: RunContext) {
    this.#state = state
    this.#context = context
    const hooks = context.earlier && forgetful(context.earlier)
    const work = this
    this.#play = new HostPlay(state, about, {
      ...context,
      // A node that was begun is finished, so that an interrupt leaves none of them out.
      signal: context.stop,
      send: event => this.#send(event),
      get mode() {
        return work.#predicting ? 'check' : context.mode
      },
      get earlier() {
        return work.#hook ? hooks : context.earlier
      },
    })
  }

  /** `before` or `after`, and the handlers that they notify. */
  async hook(items: readonly Item[]): Promise<Worked> {
    this.#hook = true
    try {
      return await this.items(items)
    } finally {
      this.#hook = false
    }
  }

  /** The items of the play, and their handlers. Nothing that was read before counts: draining may have taken its time. */
  async items(items: readonly Item[]): Promise<Worked> {
    if (this.#context.mode === 'apply') this.#state.forget()
    this.#wrong = undefined
    if ((await this.#play.items(items)) && (await this.#play.handlers())) return { state: 'passed' }
    if (this.#context.stop.aborted) return { state: 'interrupted', reason: 'interrupted' }
    return { state: 'failed', reason: this.#why() }
  }

  /** Reports items of which is known that they change nothing. Cannot write, so that a change among them is a failure. */
  async report(items: readonly Item[]): Promise<Worked> {
    this.#predicting = true
    this.#wrong = undefined
    const good = await this.#play.items(items)
    this.#predicting = false
    return good && !this.#failed ? { state: 'passed' } : { state: 'failed', reason: this.#why() }
  }

  finish(): PlayResult {
    return this.#play.finish()
  }

  get #failed(): boolean {
    return this.#wrong?.heavy === true
  }

  #why(): string {
    return this.#wrong ? `${this.#wrong.title}: ${this.#wrong.why.split('\n')[0]}` : 'a task failed'
  }

  #send(event: Event): void {
    if (this.#predicting && this.#context.mode === 'apply' && isOpen(event)) {
      const message = 'its node was to stay as it is, and now this would change something: it was not done'
      this.#send({ ...event, outcome: 'failed', changes: [], error: { kind: 'failed', message } })
      return
    }
    if (event.type === 'task' && event.state === 'ended' && !event.ignored) {
      const { title, error, reason } = event
      if (error) this.#wrong = { title, why: error.message, heavy: true }
      // A task that another node was to run for all is left out, and that is why.
      else if (event.outcome === 'skipped' && reason && reason !== AFTER_FAILURE && !this.#wrong?.heavy)
        this.#wrong = { title, why: reason, heavy: false }
    }
    this.#context.send(event)
  }
}
