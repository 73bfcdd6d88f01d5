import { type Problem, UsageError } from '../errors.ts'

let collected: Problem[] | undefined

/** What was made, and every mistake that was found while it was made. `made` is undefined where it could not be made at all. */
export interface Collected<T> {
  readonly made: T | undefined
  readonly problems: readonly Problem[]
}

/**
 * Runs a playbook's function to its end in spite of mistakes in the options of what it makes, so that they can be said all
 * at once. Only within one synchronous call. Throws what is not a UsageError, and does not come behind a mistake.
 */
export const collecting = <T>(make: () => T): Collected<T> => {
  const outer = collected
  const problems: Problem[] = []
  collected = problems
  try {
    return { made: make(), problems }
  } catch (error) {
    // With mistakes before it, it may well come of them.
    if (!(error instanceof UsageError) && problems.length === 0) throw error
    return { made: undefined, problems: [...problems, ...(error instanceof UsageError ? error.problems : [])] }
  } finally {
    collected = outer
  }
}

/** Says what is wrong with a task or a play: to whoever collects it, or by throwing a UsageError. Nothing wrong: nothing. */
export const mistaken = (problems: readonly Problem[]): void => {
  if (problems.length === 0) return
  if (!collected) throw new UsageError(problems)
  collected.push(...problems)
}
