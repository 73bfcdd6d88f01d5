import { Secret, SHORTEST_SECRET } from '../secret.ts'
import { tooShort } from './connection-vars.ts'
import type { Findings } from './findings.ts'
import { problemAt } from './place.ts'
import { knownKeys } from './schema-keys.ts'
import { type Key, plain, type Setting, showPath, type Traced } from './traced.ts'

interface Leaf {
  readonly path: readonly Key[]
  readonly at: Traced['at']
  readonly secret: Secret
}

const leavesOf = (value: Traced, path: readonly Key[]): readonly Leaf[] => {
  if (value.kind === 'list') return value.items.flatMap((item, i) => leavesOf(item, [...path, i]))
  if (value.kind === 'map') return [...value.entries.values()].flatMap(one => leavesOf(one.value, [...path, one.name]))
  return value.value instanceof Secret && value.value.reveal() ? [{ path, at: value.at, secret: value.value }] : []
}

const follow = (value: unknown, path: readonly Key[]): unknown =>
  path.reduce<unknown>(
    (now, key) => (typeof now === 'object' && now !== null ? Reflect.get(now, key) : undefined),
    value,
  )

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
 * finding, as is a text that is too short to be masked. A var that the schema has no name for, but lets through, is Secrets.
 */
export const keepSecrets = <V>(
  vars: V,
  schema: unknown,
  settings: ReadonlyMap<string, Setting>,
  host: string,
  findings: Findings,
): V => {
  const known = knownKeys(schema)
  const replaced: [string, unknown][] = []
  for (const { name, value } of settings.values()) {
    const leaves = leavesOf(value, [name])
    if (leaves.length === 0) continue
    if (!known?.includes(name)) {
      if (follow(vars, [name]) !== undefined) replaced.push([name, closed(value)])
      continue
    }
    for (const { path, at, secret } of leaves) {
      const short = secret.reveal().length < SHORTEST_SECRET
      if (typeof follow(vars, path) === 'string')
        findings.add(host, problemAt(at, `${showPath(path)} is a secret, and the playbook takes it as plain text`, WAY))
      else if (short) findings.add(host, problemAt(at, `${showPath(path)} ${tooShort}`))
    }
  }
  return replaced.length > 0 ? { ...vars, ...Object.fromEntries(replaced) } : vars
}
