import { Secret, SHORTEST_SECRET } from '../secret.ts'
import { tooShort } from './connection-vars.ts'
import type { Findings } from './findings.ts'
import type { InventoryHost } from './inventory.ts'
import { problemAt } from './place.ts'
import { knownKeys } from './schema-keys.ts'
import { follow as deepest, type Key, plain, type Setting, showPath, type Traced } from './traced.ts'

interface Leaf {
  readonly path: readonly Key[]
  readonly at: Traced['at']
}

const leavesOf = (value: Traced, path: readonly Key[]): readonly Leaf[] => {
  if (value.kind === 'list') return value.items.flatMap((item, i) => leavesOf(item, [...path, i]))
  if (value.kind === 'map') return [...value.entries.values()].flatMap(one => leavesOf(one.value, [...path, one.name]))
  return value.value instanceof Secret && value.value.reveal() ? [{ path, at: value.at }] : []
}

const follow = (value: unknown, path: readonly Key[]): unknown =>
  path.reduce<unknown>(
    (now, key) => (typeof now === 'object' && now !== null ? Reflect.get(now, key) : undefined),
    value,
  )

/** Secrets of fewer characters than can be masked. */
const tooShortIn = (value: unknown, path: readonly Key[]): readonly (readonly Key[])[] => {
  if (value instanceof Secret) return value.reveal() && value.reveal().length < SHORTEST_SECRET ? [path] : []
  if (Array.isArray(value)) return value.flatMap((item, i) => tooShortIn(item, [...path, i]))
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, below]) => tooShortIn(below, [...path, name]))
}

/** As `plain`, with the Secrets left in it. */
const closed = (value: Traced): unknown => {
  if (value.kind === 'list') return value.items.map(closed)
  if (value.kind === 'map')
    return Object.fromEntries([...value.entries.values()].map(({ name, value: below }) => [name, closed(below)]))
  return value.value instanceof Secret ? value.value : plain(value)
}

const WAY =
  'In the schema of the playbook: z.string().transform(value => new Secret(value)). Or write it in a file that is not encrypted.'

/**
 * Vars as a schema gave them back, where what was encrypted (or asked for, or from the environment) is still secret. A schema
 * sees plain text, because it checks it; but what comes out of it as plain text could end in a process list, so that is a
 * finding, as is any Secret that is too short to be masked. A var that the schema has no name for, but lets through, is Secrets.
 */
export const keepSecrets = <V>(
  vars: V,
  schema: unknown,
  settings: ReadonlyMap<string, Setting>,
  host: InventoryHost,
  findings: Findings,
): V => {
  const known = knownKeys(schema)
  const replaced: [string, unknown][] = []
  for (const path of tooShortIn(vars, [])) {
    const setting = settings.get(String(path[0]))
    const at = setting ? deepest(setting.value, path.slice(1)).found.at : host.at
    findings.add(host.name, problemAt(at, `${showPath(path)} ${tooShort}`))
  }
  for (const { name, value } of settings.values()) {
    const leaves = leavesOf(value, [name])
    if (leaves.length === 0) continue
    if (!known?.includes(name)) {
      if (follow(vars, [name]) !== undefined) replaced.push([name, closed(value)])
      continue
    }
    for (const { path, at } of leaves)
      if (typeof follow(vars, path) === 'string')
        findings.add(
          host.name,
          problemAt(at, `${showPath(path)} is a secret, and the playbook takes it as plain text`, WAY),
        )
  }
  return replaced.length > 0 ? { ...vars, ...Object.fromEntries(replaced) } : vars
}
