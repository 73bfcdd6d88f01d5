import { maskSecrets } from './known.ts'

/** Bytes are told by their number: their decimal digits would pass every mask. */
function plain(this: unknown, key: string, value: unknown): unknown {
  const original: unknown = Reflect.get(Object(this), key)
  if (original instanceof Uint8Array) return `${original.length} bytes`
  if (typeof value === 'bigint') return String(value)
  return typeof value === 'string' ? maskSecrets(value) : value
}

/**
 * A value for a message: a string as it is, anything else as JSON, at most `limit` characters. Masked first and cut then:
 * no mask finds a secret that was cut in two.
 */
export const showSafely = (value: unknown, limit: number): string => {
  const text = maskSecrets(typeof value === 'string' ? value : (JSON.stringify(value, plain) ?? 'nothing'))
  return text.length > limit ? `${text.slice(0, Math.max(0, limit - 3))}...` : text
}
