import type { Task } from '../dsl/task.ts'
import type { RunContext } from './context.ts'
import { taskDigest } from './step.ts'

type Handler = Task<unknown>

const handlersOf = (task: Handler): readonly Handler[] => [task.options.notify ?? []].flat()

/**
 * The handlers of one play on one host: who was notified and has not run. The journal knows of each before the change that
 * notifies it is sent, so that a crash in between leaves it owed and not forgotten.
 */
export class Notified {
  readonly #host: string
  readonly #play: string
  readonly #context: RunContext
  /** By identity: the same handler, written down twice, runs once. */
  readonly #waiting = new Map<string, Handler>()
  /** Taken to be run; owed until it is paid. */
  readonly #running = new Map<string, Handler>()
  #expected = new Map<string, Handler>()
  #debts: Map<string, string>

  constructor(host: string, play: string, context: RunContext) {
    this.#host = host
    this.#play = play
    this.#context = context
    this.#debts = new Map(context.earlier?.owed(host, play).map(({ task, title }) => [task, title]))
  }

  /** These tasks are part of the play: what an earlier run owes to one of their handlers is due now. */
  mayNotify(tasks: readonly Task<unknown>[]): void {
    if (this.#debts.size === 0) return
    for (const handler of tasks.flatMap(handlersOf))
      if (this.#debts.delete(taskDigest(handler))) this.#waiting.set(handler.identity, handler)
  }

  /** The changes of these tasks are about to be sent. */
  expect(tasks: readonly Task<unknown>[]): void {
    this.#expected = new Map()
    for (const handler of tasks.flatMap(handlersOf)) {
      if (this.#isOwed(handler) || this.#expected.has(handler.identity)) continue
      this.#expected.set(handler.identity, handler)
      this.#say(handler, 'owed')
    }
  }

  /** The task changed something, or may have. */
  add(task: Task<unknown>): void {
    for (const handler of handlersOf(task)) this.#waiting.set(handler.identity, handler)
  }

  /** What became of the expected changes is known: who was not notified is not owed. */
  settle(): void {
    for (const [identity, handler] of this.#expected) if (!this.#waiting.has(identity)) this.#say(handler, 'dropped')
    this.#expected = new Map()
  }

  /** Those that wait, to be run now. */
  take(): readonly Handler[] {
    const taken = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const handler of taken) this.#running.set(handler.identity, handler)
    return taken
  }

  /** It was taken, and could not be tried. */
  putBack(handler: Handler): void {
    this.#running.delete(handler.identity)
    this.#waiting.set(handler.identity, handler)
  }

  paid(handler: Handler): void {
    this.#running.delete(handler.identity)
    this.#say(handler, 'paid')
  }

  /**
   * Who was notified and has not run well. `whole`: all of the play was gone through; what an earlier run owes to a handler
   * that is not part of it any more is then given up, and that is said.
   */
  owed({ whole }: { readonly whole: boolean }): readonly Pick<Handler, 'title'>[] {
    for (const [task, title] of whole ? this.#debts : []) {
      this.#context.send({
        type: 'notice',
        host: this.#host,
        text: `"${title}" was owed, and is no longer in the play`,
      })
      this.#send(task, title, 'dropped')
    }
    if (whole) this.#debts = new Map()
    return [...new Map([...this.#waiting, ...this.#running]).values()]
  }

  #isOwed({ identity }: Handler): boolean {
    return this.#waiting.has(identity) || this.#running.has(identity)
  }

  #say(handler: Handler, state: 'owed' | 'paid' | 'dropped'): void {
    this.#send(taskDigest(handler), handler.title, state)
  }

  #send(task: string, title: string, state: 'owed' | 'paid' | 'dropped'): void {
    if (this.#context.mode === 'apply')
      this.#context.send({ type: 'handler', host: this.#host, play: this.#play, task, title, state })
  }
}
