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
  /** 1 at first. */
  readonly attempt: number
}

/** Of the task's name and params. Two tasks with the same digest do the same. */
export const taskDigest = ({ identity }: Pick<Task<unknown>, 'identity'>): string =>
  createHash('sha256').update(identity).digest('hex').slice(0, 16)

/** Gives the steps of one host in one play their places and keys. */
export class Steps {
  readonly #seen = new Map<string, number>()
  #next = 0

  add(task: Task<unknown>, as: string | undefined, handler = false): Step {
    const digest = `${taskDigest(task)}${handler ? '-handler' : ''}`
    const count = (this.#seen.get(digest) ?? 0) + 1
    this.#seen.set(digest, count)
    return { task, index: this.#next++, handler, as, key: count === 1 ? digest : `${digest}-${count}`, attempt: 1 }
  }
}
