import { createHash, createHmac } from 'node:crypto'
import { Secret } from '../secret.ts'

/**
 * A value as text in which equal values are equal: keys in order, bytes and secrets as what they hold, what is undefined left
 * out. It is only ever digested, never shown or kept.
 */
const canonical = (value: unknown): string => {
  if (value === undefined) return 'undefined'
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string') return JSON.stringify(value)
  if (typeof value === 'function') return `function ${value.toString()}`
  if (value instanceof Secret) return `secret ${canonical(value.reveal())}`
  if (value instanceof Uint8Array) return `bytes ${createHash('sha256').update(value).digest('hex')}`
  if (value instanceof Date) return `date ${value.toISOString()}`
  if (value instanceof Map) return `map ${canonical([...value])}`
  if (value instanceof Set) return `set ${canonical([...value])}`
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object') return String(value)
  const pairs = Object.entries(value).filter(([, item]) => item !== undefined)
  const sorted = pairs.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
}

/**
 * Digests of one plan. The salt is new for each plan, so that what a digest stands for cannot be looked up in a table, nor
 * two plans be compared for the same password; it does not protect a secret that can be guessed.
 */
export const digester =
  (salt: string) =>
  (value: unknown): string =>
    createHmac('sha256', salt).update(canonical(value)).digest('hex').slice(0, 32)

/** The seal of a plan: by everybody's sha256, or by a key that only the pipeline has. */
export const sealOf = (content: unknown, key: string | undefined): string => {
  const text = canonical(content)
  return key === undefined
    ? `sha256:${createHash('sha256').update(text).digest('hex')}`
    : `hmac-sha256:${createHmac('sha256', key).update(text).digest('hex')}`
}
