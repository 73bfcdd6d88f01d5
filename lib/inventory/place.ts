import { type Problem, type SourceLocation, showLocation } from '../errors.ts'
import { COMMAND_LINE } from './extra-vars.ts'
import { type Key, showPath } from './traced.ts'

/** The place of a value that no file holds: `source` names the program or module, `path` leads through what it gave. */
export const placeWithin = (source: string, path: readonly Key[]): SourceLocation => ({
  file: path.length ? `${source}: ${showPath(path)}` : source,
  line: 0,
  column: 0,
})

const hasLine = ({ file, line }: SourceLocation): boolean => line > 0 && !file.startsWith(COMMAND_LINE)

/** `FILE:LINE:COLUMN`, or what stands in for it where there is no line. */
export const showPlace = (at: SourceLocation): string => (hasLine(at) ? showLocation(at) : at.file)

/** A problem at a place; where there is no line to point at, the message names the place. */
export const problemAt = (at: SourceLocation, message: string, hint?: string): Problem => ({
  ...(hasLine(at) ? { message, at } : { message: `${at.file}: ${message}` }),
  ...(hint !== undefined && { hint }),
})

/** The same problem, fit to be shown. */
export const settled = (problem: Problem): Problem =>
  problem.at ? problemAt(problem.at, problem.message, problem.hint) : problem
