/** At least 1, or a percentage of the play's hosts, rounded down but never to 0. */
export type BatchSize = number | `${number}%`

/** What is wrong with a size in words; numbers that the type lets through. Undefined: nothing. */
export const wrongSize = (size: BatchSize): string | undefined => {
  if (typeof size === 'number' && Number.isInteger(size) && size >= 1) return undefined
  const part = typeof size === 'string' ? (/^(\d{1,3}(?:\.\d+)?)%$/.exec(size)?.[1] ?? '') : ''
  if (Number(part) > 0 && Number(part) <= 100) return undefined
  return "must be a whole number of at least 1, or more than '0%' and at most '100%'"
}
