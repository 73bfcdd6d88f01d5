import { z } from 'zod'
import type { Key } from './traced.ts'

/** The schema that a value is checked by, without what optional, default, transform and the like put around it. */
const core = (schema: unknown): unknown => {
  if (
    schema instanceof z.ZodOptional ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodCatch ||
    schema instanceof z.ZodReadonly ||
    schema instanceof z.ZodNonOptional
  )
    return core(schema.def.innerType)
  if (schema instanceof z.ZodPipe) return core(schema.def.in instanceof z.ZodTransform ? schema.def.out : schema.def.in)
  if (schema instanceof z.ZodLazy) return core(schema.def.getter())
  return schema
}

/** The keys that a schema has a name for at `path`; undefined where it takes any. */
export const knownKeys = (schema: unknown, path: readonly Key[] = []): readonly string[] | undefined => {
  const at = core(schema)
  if (at instanceof z.ZodUnion || at instanceof z.ZodIntersection) {
    const parts = at instanceof z.ZodUnion ? at.def.options : [at.def.left, at.def.right]
    const keys = parts.map(part => knownKeys(part, path))
    if (at instanceof z.ZodIntersection && keys.includes(undefined)) return undefined
    return [...new Set(keys.flatMap(list => list ?? []))]
  }
  const [key, ...rest] = path
  if (at instanceof z.ZodObject) {
    if (key !== undefined) return knownKeys((at.shape as Readonly<Record<string, unknown>>)[String(key)], rest)
    const { catchall } = at.def
    return catchall && !(catchall instanceof z.ZodNever) ? undefined : Object.keys(at.shape)
  }
  if (at instanceof z.ZodArray) return knownKeys(at.def.element, rest)
  if (at instanceof z.ZodRecord && key !== undefined) return knownKeys(at.def.valueType, rest)
  return undefined
}
