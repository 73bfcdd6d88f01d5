import type { SourceLocation } from '../errors.ts'
import { callerLocation } from './caller.ts'
import { type ItemList, itemsIn } from './item-list.ts'
import { mistaken } from './mistakes.ts'
import { anyText, anything, checkShapes } from './option-shapes.ts'
import type { Task } from './task.ts'

/** What a play's list holds. */
export type Item = Task<unknown> | Block | Flush

/** Tasks that are tried together. */
export interface Block {
  readonly at: SourceLocation
  readonly name: string | undefined
  readonly items: readonly Item[]
  /**
   * Run when one of the items fails. Where it succeeds, the play goes on, and the failure is reported as ignored. A guard's
   * no is not rescued: what it forbade must not be done another way.
   */
  readonly rescue: readonly Item[]
  /** Run in any case, last; not when the run is interrupted, or the host is lost. */
  readonly always: readonly Item[]
}

/** Handlers that were notified so far run here, and not only at the end of the play. */
export interface Flush {
  readonly at: SourceLocation
  readonly flush: true
}

export const isTask = (item: Item): item is Task<unknown> => 'plan' in item
export const isBlock = (item: Item): item is Block => 'items' in item

interface BlockDefinition {
  readonly name?: string
  readonly items: ItemList
  readonly rescue?: ItemList
  readonly always?: ItemList
}

const shapes = { name: anyText, items: anything, rescue: anything, always: anything }

/**
 * `block({ items, rescue, always })`: what is done when one of several tasks fails, and what is done in any case. A host
 * that is lost in mid-change is not rescued: nobody knows its state.
 */
export const block = (definition: BlockDefinition): Block => {
  const at = callerLocation(block)
  const { mistakes, sound } = checkShapes(definition, shapes)
  const { name, items, rescue = [], always = [] } = sound as unknown as BlockDefinition
  const lists = { items: itemsIn(items ?? []), rescue: itemsIn(rescue), always: itemsIn(always) }
  const wrong = [
    ...mistakes,
    ...Object.entries(lists).flatMap(([list, found]) => found.mistakes.map(text => `${list}: ${text}`)),
  ]
  // Lists that hold nothing today, `cond && file(...)`, are lists all the same.
  if (wrong.length === 0 && rescue.length + always.length === 0)
    wrong.push('needs rescue or always; without, list the tasks themselves')
  mistaken(wrong.map(message => ({ message: `block: ${message}`, at })))
  return Object.freeze({
    at,
    name,
    items: lists.items.items,
    rescue: lists.rescue.items,
    always: lists.always.items,
  })
}

export const flushHandlers = (): Flush => Object.freeze({ at: callerLocation(flushHandlers), flush: true })

/** Tasks, and the handlers that they, and their handlers, may notify. */
export const withHandlers = (tasks: readonly Task<unknown>[]): readonly Task<unknown>[] =>
  tasks.flatMap(task => [task, ...withHandlers([task.options.notify ?? []].flat())])

/** Every task of a list, also those of blocks, in the order in which they are written. */
export const tasksOf = (items: readonly Item[]): readonly Task<unknown>[] =>
  items.flatMap(item =>
    isTask(item) ? [item] : isBlock(item) ? tasksOf([...item.items, ...item.rescue, ...item.always]) : [],
  )
