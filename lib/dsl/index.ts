// The playbook author's words. Tasks come from '#tasks/NAME', one file each.
export { Secret } from '../secret.ts'
export type { BatchSize } from './batch-size.ts'
export { type Facts, Unknown } from './facts.ts'
export { type Check, factHolds, httpAnswers, portListens, unitActive } from './gate.ts'
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
export { type Gate, type RollingDefinition, type RollingPlay, rolling } from './rolling.ts'
export { defineAction, defineTask, type Task } from './task.ts'
export type { Retries, TaskOptions, When } from './task-options.ts'
