import type { Script } from '../../lib/command.ts'

declare const kind: unique symbol

/**
 * A step of the synchronisation job. It holds the step that has to come before it, so that the last one is the whole job, and
 * its kind is what the next one asks for: a wrong order does not compile.
 */
export interface Step<Kind extends string> {
  /** The shell function that does it. */
  readonly definition: Script
  /** Function name and arguments; each becomes one quoted word. */
  readonly call: readonly [name: string, ...args: readonly string[]]
  readonly before?: Step<string>
  readonly [kind]?: Kind
}

/** A point of the active's WAL. All that is committed before it refers to files that were in the filestore before it. */
export type DatabasePosition = Step<'database position'>
/** The filestore was copied, beginning after a database position was taken. */
export type FilestoreCopy = Step<'filestore copy'>
/** var/etc was copied as well. */
export type ConfigurationCopy = Step<'configuration copy'>
/** The standby's database stands at the position, and a promotion ends there. */
export type AdvancedDatabase = Step<'advanced database'>
/** Every binary of the standby's database was looked for in its filestore. */
export type Verification = Step<'verification'>
/** What was found is written down. */
export type Publication = Step<'publication'>

/** From the first step to this one. */
export const inOrder = (last: Step<string>): readonly Step<string>[] => [
  ...(last.before ? inOrder(last.before) : []),
  last,
]
