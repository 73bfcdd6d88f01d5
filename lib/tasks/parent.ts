import { dirname } from 'node:path'
import type { Facts } from '../dsl/facts.ts'
import { Refusal } from '../errors.ts'
import { type PathState, path } from '../facts/path.ts'

/** What stands where a directory is needed. A link may lead to one, which only the host itself can tell. */
export const refuseNonDirectory = (at: string, now: PathState): void => {
  if (now.type === 'absent')
    throw new Refusal(`${at} is not there`, { hint: 'Let a directory task before this one make it.' })
  if (now.type === 'file') throw new Refusal(`${at} is a file, not a directory`)
  if (now.type === 'other') throw new Refusal(`${at} is a device, socket or pipe, not a directory`)
}

/** Where a task that may make something must look, in the same breath as at the path itself. */
export const parentOf = (facts: Facts, at: string): Promise<PathState> => facts.get(path(dirname(at)))

/** Something is about to be made at a path: throws Refusal when there is no directory to make it in. */
export const requireParent = (at: string, parent: PathState): void => refuseNonDirectory(dirname(at), parent)
