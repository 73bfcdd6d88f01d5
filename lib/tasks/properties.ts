import { z } from 'zod'
import { editProperties, escapeProperty, liveProperties } from '../changes/edit/properties.ts'
import { editFile } from '../changes/edit-file.ts'
import { defineTask } from '../dsl/task.ts'
import { Refusal } from '../errors.ts'
import { isSensitive } from '../secret/sensitive.ts'
import { hide, Secret } from '../secret.ts'
import { fileToEdit } from './file-to-edit.ts'
import { editParams } from './params.ts'

const value = z.union([z.string(), z.number(), z.boolean(), z.instanceof(Secret)])

const params = z
  .strictObject({
    ...editParams,
    set: z.record(z.string().min(1), value).default({}).describe('Keys with their values, unescaped'),
    remove: z.array(z.string().min(1)).default([]).describe('Keys that must not be there'),
  })
  .refine(p => Object.keys(p.set).length + p.remove.length > 0, 'give set or remove')
  .refine(p => !p.remove.some(key => Object.hasOwn(p.set, key)), 'a key must not be both set and removed')

const plain = (given: z.output<typeof value>): string => {
  if (!(given instanceof Secret)) return String(given)
  // The file has it escaped: whoever prints that form must be masked as well.
  hide(escapeProperty(given.reveal()))
  return given.reveal()
}

type Values = ReadonlyMap<string, string>

/**
 * Only the keys that the task is about: nobody asked to see the rest, and it may hold passwords. Of a key that was given a
 * secret, or whose name says that it holds one, no value is shown, the former one included.
 */
const shown = (values: Values, keys: readonly string[], secret: ReadonlySet<string>, after: Values | undefined) =>
  Object.fromEntries(
    keys.map(key => {
      const has = values.get(key)
      if (has === undefined || !secret.has(key)) return [key, has]
      return [key, after?.has(key) && after.get(key) !== has ? '[secret, another one]' : '[secret]']
    }),
  )

/**
 * Keys of a Java .properties file have these values, or are not there; everything else in the file stays byte for byte.
 * A key that occurs several times is set everywhere, because the last one wins. Values are written in ASCII with `\uXXXX`.
 */
export const properties = defineTask({
  name: 'properties',
  params,
  title: p => `properties ${p.path}`,
  async plan(p, facts) {
    const [now, has] = await fileToEdit(facts, p)
    if (now.type === 'absent' && Object.keys(p.set).length === 0) return []
    const wanted = new Map(Object.entries(p.set).map(([key, v]) => [key, plain(v)]))
    const secret = new Set(Object.keys(p.set).filter(key => p.set[key] instanceof Secret))
    const keys = [...wanted.keys(), ...p.remove]
    const unseen = new Set(keys.filter(key => secret.has(key) || isSensitive(key)))
    return editFile(p, now, has, before => {
      const old = before.toString('latin1')
      const text = editProperties(old, wanted, p.remove)
      const [was, is] = [liveProperties(old), liveProperties(text)]
      if (keys.some(key => is.get(key) !== wanted.get(key)))
        throw new Refusal(`${p.path} is written in a way that its keys cannot be edited safely`)
      return {
        bytes: Buffer.from(text, 'latin1'),
        secret: secret.size > 0,
        instead: { before: shown(was, keys, unseen, is), after: shown(is, keys, unseen, undefined) },
      }
    })
  },
})
