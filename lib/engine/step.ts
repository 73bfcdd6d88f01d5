import { createHash } from 'node:crypto'
import type { Task } from '../dsl/task.ts'

/** A task of one host in one play, with the user it acts as. */
export interface Step {
  readonly task: Task<unknown>
  /** Position among the steps of the host in the play, from 0; handlers come after the tasks. */
  readonly index: number
  readonly handler: boolean
  readonly as: string | undefined
  /** The same in every run of the same playbook: what a journal and a plan know the step by. Unique in the host's play. */
  readonly key: string
  /**
   * The key, and for a handler the same one in every flush: which flush it is due in depends on what is left to do, so that
   * a resumed run could not tell by the key that it has begun it already.
   */
  readonly work: string
  /** How often that work was seen to end in this run before. */
  readonly endings: number
  /** 1 at first. */
  readonly attempt: number
}

const digests = new WeakMap<object, string>()

const sha = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16)

/** Of the task's name and params. Two tasks with the same digest do the same. */
export const taskDigest = (task: Pick<Task<unknown>, 'identity'>): string => {
  const digest = digests.get(task) ?? sha(task.identity)
  digests.set(task, digest)
  return digest
}

/**
 * Tells handlers apart: those that do the same in another place, as another user, under another condition or with other
 * handlers behind them are not the same.
 */
export const handlerDigest = (handler: Task<unknown>): string => {
  const { delegateTo, become, when, notify } = handler.options
  const own = taskDigest(handler)
  if ([delegateTo, become, when, notify].every(option => option === undefined)) return own
  const behind = [notify ?? []].flat().map(handlerDigest)
  return sha(JSON.stringify([own, delegateTo ?? null, become ?? null, when === undefined ? null : `${when}`, behind]))
}

/** What the steps of a handler have in common, by its digest. */
export const handlerWork = (digest: string): string => `${digest}-handler`

/** The work of a step, by its key. */
export const workOf = (key: string): string => key.replace(/(-handler)-\d+$/, '$1')

/** Gives the steps of one host in one play their places and keys. */
export class Steps {
  readonly #seen = new Map<string, number>()
  readonly #endings = new Map<string, number>()
  #next = 0

  add(task: Task<unknown>, as: string | undefined, handler = false): Step {
    const digest = handler ? handlerWork(handlerDigest(task)) : taskDigest(task)
    const count = (this.#seen.get(digest) ?? 0) + 1
    this.#seen.set(digest, count)
    const key = count === 1 ? digest : `${digest}-${count}`
    const work = handler ? digest : key
    return { task, index: this.#next++, handler, as, key, work, endings: this.#endings.get(work) ?? 0, attempt: 1 }
  }

  /** The step was seen to end, well or badly. */
  ended({ work }: Step): void {
    this.#endings.set(work, (this.#endings.get(work) ?? 0) + 1)
  }
}
