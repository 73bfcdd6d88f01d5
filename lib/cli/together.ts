import { UsageError } from '../errors.ts'

/** Waits for all, and throws the problems of all at once when any is a UsageError. */
export const together = async <const T extends readonly unknown[]>(
  jobs: T,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> => {
  const settled = await Promise.allSettled(jobs)
  const reasons = settled.flatMap(one => (one.status === 'rejected' ? [one.reason as unknown] : []))
  for (const reason of reasons) if (!(reason instanceof UsageError)) throw reason
  if (reasons.length)
    throw new UsageError(reasons.flatMap(reason => (reason instanceof UsageError ? reason.problems : [])))
  return Promise.all(jobs)
}
