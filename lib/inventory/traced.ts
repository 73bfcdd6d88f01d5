import type { SourceLocation } from '../errors.ts'
import { Secret } from '../secret.ts'

/** A value of a YAML file that still knows where each part of it is written. */
export type Traced =
  | {
      readonly kind: 'scalar'
      readonly at: SourceLocation
      readonly value: Scalar
      /** As it is written, for messages; `[secret]` where it must not be seen. */
      readonly text: string
      /** A YAML tag that says where the value really comes from, until that was looked up: `!vault`, `!env`. */
      readonly tag?: string
    }
  | { readonly kind: 'list'; readonly at: SourceLocation; readonly items: readonly Traced[] }
  | { readonly kind: 'map'; readonly at: SourceLocation; readonly entries: ReadonlyMap<string, Setting> }

/** A Secret: what was encrypted, or asked for. */
export type Scalar = string | number | boolean | null | Secret

/** A key of a mapping, with its value. `at` is where the key is. */
export interface Setting {
  readonly name: string
  readonly at: SourceLocation
  readonly value: Traced
}

/** The value as a schema wants it: a fresh copy without places. Secrets are plain text in it: it must not be shown. */
export const plain = (traced: Traced): unknown => {
  if (traced.kind === 'scalar') return traced.value instanceof Secret ? traced.value.reveal() : traced.value
  if (traced.kind === 'list') return traced.items.map(plain)
  return Object.fromEntries([...traced.entries.values()].map(({ name, value }) => [name, plain(value)]))
}

export type Key = PropertyKey

const step = (traced: Traced, key: Key): Traced | undefined =>
  traced.kind === 'map'
    ? traced.entries.get(String(key))?.value
    : traced.kind === 'list'
      ? traced.items[Number(key)]
      : undefined

/** The part at `path`, or the deepest part on the way to it that there is; `rest` is what could not be followed. */
export const follow = (
  traced: Traced,
  path: readonly Key[],
): { readonly found: Traced; readonly rest: readonly Key[] } => {
  const [key, ...rest] = path
  if (key === undefined) return { found: traced, rest: [] }
  const next = step(traced, key)
  return next ? follow(next, rest) : { found: traced, rest: path }
}

/** `a.b[2]` */
export const showPath = (path: readonly Key[]): string =>
  path.map((key, i) => (typeof key === 'number' ? `[${key}]` : `${i ? '.' : ''}${String(key)}`)).join('')
