import type { Item } from './item.ts'

/** What a list may have beside items, left out: `isPrimary && file(...)`. */
export type Nothing = false | null | undefined

/** A list of a play or a block as it is written. */
export type ItemList = readonly (Item | Nothing)[]

const isItem = (value: unknown): value is Item =>
  typeof value === 'object' &&
  value !== null &&
  (('plan' in value && 'identity' in value) || ('items' in value && 'rescue' in value) || 'flush' in value)

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'

/** What it is instead of a task, and what may have been meant. */
const instead = (value: unknown): string => {
  if (isPromise(value)) return 'a promise, not a task'
  if (Array.isArray(value)) return 'a list, not a task; write ...LIST'
  if (typeof value === 'function') return 'a function, not a task; call it'
  if (value === true) return 'true, not a task'
  if (typeof value === 'object' && value !== null && 'options' in value && 'items' in value) return 'a play, not a task'
  return typeof value === 'object' ? 'an object, not a task' : `a ${typeof value}, not a task`
}

/** The items of a list, without what is nothing; `mistakes`: what is no item, in words. */
export const itemsIn = (list: unknown): { readonly items: readonly Item[]; readonly mistakes: readonly string[] } => {
  if (isPromise(list)) {
    // It is said here; nobody waits for what becomes of it.
    list.then(undefined, () => undefined)
    return { items: [], mistakes: ['its function is async; it must give the list itself, and not a promise'] }
  }
  if (!Array.isArray(list))
    return { items: [], mistakes: [`needs a list of tasks, and has ${instead(list).replace(/, not a task.*/, '')}`] }
  const given: readonly unknown[] = list
  const mistakes = given.flatMap((value, i) =>
    isItem(value) || value === false || value === null || value === undefined
      ? []
      : [`item ${i + 1} is ${instead(value)}`],
  )
  return { items: given.filter(isItem), mistakes }
}
