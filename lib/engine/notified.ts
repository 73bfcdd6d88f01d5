import { withHandlers } from '../dsl/item.ts'
import type { Task } from '../dsl/task.ts'
import type { RunContext } from './context.ts'
import { handlerDigest } from './step.ts'

type Handler = Task<unknown>

/** The handlers that these tasks may notify, and those that these may. */
export const mayBeNotified = (tasks: readonly Task<unknown>[]): readonly Handler[] =>
  tasks.flatMap(task => withHandlers(handlersOf(task)))

const handlersOf = (task: Handler): readonly Handler[] => [task.options.notify ?? []].flat()

/**
 * The handlers of one play on one host: who was notified and has not run. The journal knows of each before the change that
 * notifies it is sent, so that a crash in between leaves it owed and not forgotten.
 */
export class Notified {
  readonly #host: string
  readonly #play: string
  readonly #context: RunContext
  /** By digest: the same handler, written down twice, runs once. */
  readonly #waiting = new Map<string, Handler>()
  /** Taken to be run; owed until it is paid. */
  readonly #running = new Map<string, Handler>()
  #expected = new Map<string, Handler>()
  #debts: Map<string, string>
  readonly #known: ReadonlySet<string> | undefined

  /** `known`: digests of all handlers that the play has for the host, whichever of its tasks take part. Left out: not known. */
  constructor(host: string, play: string, context: RunContext, known?: ReadonlySet<string>) {
    this.#host = host
    this.#known = known
    this.#play = play
    this.#context = context
    this.#debts = new Map(context.earlier?.owed(host, play).map(({ task, title }) => [task, title]))
  }

  /** These tasks are part of the play: what an earlier run owes to one of their handlers is due now. */
  mayNotify(tasks: readonly Task<unknown>[]): void {
    if (this.#debts.size === 0) return
    for (const handler of mayBeNotified(tasks)) {
      const digest = handlerDigest(handler)
      if (!this.#debts.delete(digest)) continue
      this.#waiting.set(digest, handler)
      this.#notice(`"${handler.title}" is owed by an earlier run`)
    }
  }

  /**
   * The changes of these tasks are about to be sent. A handler that is being run may be notified again by one that runs with
   * it, and is owed anew then.
   */
  expect(tasks: readonly Task<unknown>[]): void {
    this.#expected = new Map()
    for (const handler of tasks.flatMap(handlersOf)) {
      const digest = handlerDigest(handler)
      if (this.#waiting.has(digest) || this.#expected.has(digest)) continue
      this.#expected.set(digest, handler)
      if (!this.#running.has(digest)) this.#say(handler, 'owed')
    }
  }

  /** The task changed something, or may have. */
  add(task: Task<unknown>): void {
    for (const handler of handlersOf(task)) this.#waiting.set(handlerDigest(handler), handler)
  }

  /** What became of the expected changes is known: who was not notified is not owed. */
  settle(): void {
    for (const [digest, handler] of this.#expected)
      if (!this.#waiting.has(digest) && !this.#running.has(digest)) this.#say(handler, 'dropped')
    this.#expected = new Map()
  }

  /** Those that wait, to be run now. */
  take(): readonly Handler[] {
    const taken = [...this.#waiting.values()]
    this.#waiting.clear()
    for (const handler of taken) this.#running.set(handlerDigest(handler), handler)
    return taken
  }

  /** It was taken, and could not be tried. */
  putBack(handler: Handler): void {
    const digest = handlerDigest(handler)
    this.#running.delete(digest)
    this.#waiting.set(digest, handler)
  }

  /**
   * It was taken, and is done with. `ran`: by a run of it that has just ended well. Where it was notified again meanwhile, or
   * may have been, it stays owed.
   */
  paid(handler: Handler, { ran }: { readonly ran: boolean }): void {
    const digest = handlerDigest(handler)
    if (!this.#running.delete(digest) || this.#waiting.has(digest) || this.#expected.has(digest)) return
    this.#send(digest, handler.title, 'paid', ran)
  }

  /**
   * Who was notified and has not run well. `whole`: the play was gone through; what an earlier run owes to a handler that the
   * playbook does not have any more is then given up, and that is said. One of a task that was left out stays owed.
   */
  owed({ whole }: { readonly whole: boolean }): readonly Pick<Handler, 'title'>[] {
    for (const [task, title] of whole && this.#known ? this.#debts : []) {
      if (this.#known?.has(task)) {
        this.#notice(`"${title}" stays owed: nothing that notifies it took part`)
        continue
      }
      this.#notice(`"${title}" was owed, and is no longer in the play`)
      this.#send(task, title, 'dropped')
    }
    this.#debts = new Map()
    return [...new Map([...this.#waiting, ...this.#running]).values()]
  }

  #notice(text: string): void {
    this.#context.send({ type: 'notice', host: this.#host, text })
  }

  #say(handler: Handler, state: 'owed' | 'dropped'): void {
    this.#send(handlerDigest(handler), handler.title, state)
  }

  #send(task: string, title: string, state: 'owed' | 'paid' | 'dropped', ran = false): void {
    const [host, play] = [this.#host, this.#play]
    if (this.#context.mode === 'apply')
      this.#context.send({ type: 'handler', host, play, task, title, state, ...(ran && { ran }) })
  }
}
