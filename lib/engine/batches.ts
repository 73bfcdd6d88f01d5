import type { BatchSize } from '../dsl/batch-size.ts'

/** How many of `all` a size means, at least 1. */
export const sizeOf = (size: BatchSize, all: number): number =>
  Math.max(1, typeof size === 'number' ? Math.floor(size) : Math.floor((Number.parseFloat(size) / 100) * all))

/** The list in batches of these sizes, the last size for all that are left. No sizes: one batch. */
export const batches = <T>(list: readonly T[], sizes: readonly BatchSize[]): readonly (readonly T[])[] => {
  const cut: T[][] = []
  for (let from = 0; from < list.length; ) {
    const size = sizes[Math.min(cut.length, sizes.length - 1)]
    const batch = list.slice(from, size === undefined ? undefined : from + sizeOf(size, list.length))
    cut.push(batch)
    from += batch.length
  }
  return cut
}
