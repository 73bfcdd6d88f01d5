// The playbook author's words. Tasks come from '#tasks/NAME', one file each.
export { Secret } from '../secret.ts'
export type { BatchSize } from './batch-size.ts'
export { type Facts, Unknown } from './facts.ts'
export { type Block, block, type Flush, flushHandlers, type Item } from './item.ts'
export {
  type Play,
  type Playbook,
  type PlaybookContext,
  type PlayContext,
  play,
  playbook,
} from './playbook.ts'
export { isRef, type Ref } from './ref.ts'
export { defineAction, defineTask, type Task } from './task.ts'
export type { Retries, TaskOptions, When } from './task-options.ts'
