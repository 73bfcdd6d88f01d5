import type { Item } from '../../dsl/item.ts'
import type { Event } from '../../event.ts'
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
}

/** Hooks go to and fro, so what one did before a run was resumed says nothing of what must be done now. */
const forgetful = (earlier: Earlier): Earlier => ({
  run: earlier.run,
  handed: () => undefined,
  attempts: (...of) => earlier.attempts(...of),
  owed: (...of) => earlier.owed(...of),
  debts: () => earlier.debts(),
  rolling: play => earlier.rolling(play),
})

/** The tasks of one node of a roll, phase by phase, and why the last of them went wrong. */
export class NodeWork {
  readonly #state: HostState
  readonly #context: RunContext
  readonly #play: HostPlay
  #hook = false
  #predicting = false
  #wrong: string | undefined

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
    return { state: 'failed', reason: this.#wrong ?? 'a task failed' }
  }

  /** Reports items of which is known that they change nothing. Cannot write. */
  async report(items: readonly Item[]): Promise<void> {
    this.#predicting = true
    await this.#play.items(items)
    this.#predicting = false
  }

  finish(): PlayResult {
    return this.#play.finish()
  }

  #send(event: Event): void {
    if (event.type === 'task' && event.state === 'ended' && event.error && !event.ignored)
      this.#wrong = `${event.title}: ${event.error.message.split('\n')[0]}`
    this.#context.send(event)
  }
}
