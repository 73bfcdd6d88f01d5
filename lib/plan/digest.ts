import { createHash, createHmac } from 'node:crypto'
import { withoutAnew } from '../secret/anew.ts'
import { Secret } from '../secret.ts'

const sha256 = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

const canonicalBytes = (bytes: Uint8Array): string => {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1')
  const named = withoutAnew(text)
  return `bytes ${named === text ? sha256(bytes) : sha256(named)}`
}

/**
 * A value as text in which equal values are equal: keys in order, bytes and secrets as what they hold, what is undefined left
 * out, what each process makes anew by its name. It is only ever digested, never shown or kept.
 */
const canonical = (value: unknown): string => {
  if (value === undefined) return 'undefined'
  if (value === null || typeof value === 'boolean' || typeof value === 'number') return String(value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'string') return JSON.stringify(withoutAnew(value))
  if (typeof value === 'function') return `function ${value.toString()}`
  if (value instanceof Secret) return `secret ${canonical(value.reveal())}`
  if (value instanceof Uint8Array) return canonicalBytes(value)
  if (value instanceof Date) return `date ${value.toISOString()}`
  if (value instanceof RegExp) return `pattern ${value}`
  if (value instanceof Map) return `map ${canonical([...value])}`
  if (value instanceof Set) return `set ${canonical([...value])}`
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object') return String(value)
  const pairs = Object.entries(value).filter(([, item]) => item !== undefined)
  const sorted = pairs.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`
}

/** The digest of a text, and the one that it has without what is made anew. Undefined: they are the same. */
const digestMadeAnew = (content: unknown): readonly [string, string] | undefined => {
  const text = content instanceof Secret ? content.reveal() : content instanceof Uint8Array ? undefined : content
  if (typeof text !== 'string' && !(content instanceof Uint8Array)) return undefined
  const bytes = typeof text === 'string' ? Buffer.from(text) : Buffer.from(content as Uint8Array)
  const latin1 = bytes.toString('latin1')
  const named = withoutAnew(latin1)
  return named === latin1 ? undefined : [sha256(bytes), sha256(named)]
}

export type Digest = (value: unknown, content?: unknown) => string

/**
 * Digests of one plan. The salt is new for each plan, so that what a digest stands for cannot be looked up in a table, nor
 * two plans be compared for the same password. Whoever has the plan can still try guesses; where there is a `key`, only who
 * has that too. `content`: the value may speak of it by its SHA-256.
 */
export const digester =
  (salt: string, key: string | undefined): Digest =>
  (value, content) => {
    const [made, named] = digestMadeAnew(content) ?? ['', '']
    const text = canonical(value)
    return createHmac('sha256', `${salt}${key === undefined ? '' : ` ${key}`}`)
      .update(made ? text.replaceAll(made, named) : text)
      .digest('hex')
      .slice(0, 32)
  }

/** The seal of a plan: by everybody's sha256, or by a key that only the pipeline has. */
export const sealOf = (content: unknown, key: string | undefined): string => {
  const text = canonical(content)
  return key === undefined
    ? `sha256:${sha256(text)}`
    : `hmac-sha256:${createHmac('sha256', key).update(text).digest('hex')}`
}
