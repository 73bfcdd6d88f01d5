declare const type: unique symbol

/** A value that a task hands on when it has run: known to the plan, filled in by the engine. */
export interface Ref<T> {
  /** Unique in this process, and of it only. */
  readonly refOf: string
  /** The title of the task, for people. */
  readonly title?: string
  readonly [type]?: T
}

export const isRef = (value: unknown): value is Ref<unknown> =>
  typeof value === 'object' && value !== null && 'refOf' in value
