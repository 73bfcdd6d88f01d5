import type { Problem, SourceLocation } from '../errors.ts'
import { Secret } from '../secret.ts'
import { placeWithin } from './place.ts'
import type { Key, Setting, Traced } from './traced.ts'

const kind = (value: unknown): string => {
  if (typeof value === 'number') return String(value)
  if (typeof value !== 'object' || value === null) return `a ${typeof value}`
  return `an instance of ${Object.getPrototypeOf(value)?.constructor?.name ?? 'an unknown class'}`
}

const isPlain = (value: object): value is Readonly<Record<string, unknown>> => {
  const prototype: unknown = Object.getPrototypeOf(value)
  // What another realm made is plain too: its own Object.prototype has no prototype.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}

/**
 * A value that a program or a module gave, as if a file held it: each part is at its path. `source` is what messages name.
 * What YAML could not hold is a problem; `undefined` in a mapping is left out, as JSON does. A Secret stays one.
 */
export const traceValue = (source: string, value: unknown, problems: Problem[], start: readonly Key[] = []): Traced => {
  const open = new Set<object>()
  const walk = (part: unknown, path: readonly Key[]): Traced => {
    const at: SourceLocation = placeWithin(source, path)
    const nothing: Traced = { kind: 'scalar', at, value: null, text: '' }
    if (part === null || part === undefined) return nothing
    if (typeof part === 'string' || typeof part === 'boolean' || (typeof part === 'number' && Number.isFinite(part)))
      return { kind: 'scalar', at, value: part, text: String(part) }
    if (part instanceof Secret) return { kind: 'scalar', at, value: part, text: '[secret]' }
    if (typeof part !== 'object' || !(Array.isArray(part) || isPlain(part))) {
      problems.push({
        message: `${kind(part)} cannot be the value of a var`,
        at,
        hint: 'Text, numbers, true, false, null, lists and plain objects can.',
      })
      return nothing
    }
    if (open.has(part)) {
      problems.push({ message: 'the value contains itself', at })
      return nothing
    }
    open.add(part)
    const traced: Traced = Array.isArray(part)
      ? { kind: 'list', at, items: part.map((item: unknown, i) => walk(item, [...path, i])) }
      : {
          kind: 'map',
          at,
          entries: new Map(
            Object.entries(part).flatMap(([name, item]): [string, Setting][] => {
              if (item === undefined) return []
              const below = [...path, name]
              return [[name, { name, at: placeWithin(source, below), value: walk(item, below) }]]
            }),
          ),
        }
    open.delete(part)
    return traced
  }
  return walk(value, start)
}
