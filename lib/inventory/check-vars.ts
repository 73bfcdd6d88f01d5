import { z } from 'zod'
import type { SourceLocation } from '../errors.ts'
import { isSensitive } from '../secret/sensitive.ts'
import { showSafely } from '../secret.ts'
import { COMMAND_LINE } from './extra-vars.ts'
import type { Findings } from './findings.ts'
import type { InventoryHost } from './inventory.ts'
import { near, suggest } from './near.ts'
import { problemAt, showPlace } from './place.ts'
import { knownKeys } from './schema-keys.ts'
import { follow, type Key, plain, type Setting, showPath, type Traced } from './traced.ts'
import { expectation } from './wording.ts'

type Issue = z.core.$ZodIssue

const got = (value: Traced, path: readonly Key[]): string => {
  if (path.some(key => isSensitive(String(key)))) return 'its value is not shown here'
  if (value.kind === 'list') return `got a list of ${value.items.length}`
  if (value.kind === 'map') return 'got a mapping'
  if (value.value === null) return 'got nothing'
  const text = typeof value.value === 'string' ? JSON.stringify(value.value) : value.text
  return `got ${showSafely(text, 63)}`
}

const wayOut = (issue: Issue, value: Traced): string | undefined => {
  if (value.kind !== 'scalar') return undefined
  const allowed = issue.code === 'invalid_value' ? issue.values : 'options' in issue ? issue.options : undefined
  if (Array.isArray(allowed) && typeof value.value === 'string') {
    const close = near(value.value, allowed.map(String))
    return close.length ? `Did you mean ${close.join(' or ')}?` : undefined
  }
  if (issue.code !== 'invalid_type') return undefined
  if (String(issue.expected) === 'Secret')
    return 'An inventory holds text. In the schema of the playbook: z.string().transform(value => new Secret(value)).'
  if (issue.expected === 'boolean' && /^(yes|no|on|off|y|n)$/i.test(String(value.value)))
    return 'In YAML 1.2 only true and false are booleans.'
  if (issue.expected === 'string' && value.value !== null) return 'Put it in quotes to make it text.'
  if (issue.expected === 'number' && typeof value.value === 'string' && !Number.isNaN(Number(value.value)))
    return 'Remove the quotes to make it a number.'
  return undefined
}

/** Of a union's branches, the one that fits best is the one whose mistakes lie deepest; alternatives at one place are joined. */
const flatten = (issue: Issue): readonly Issue[] => {
  if (issue.code !== 'invalid_union' || !issue.errors.length) return [issue]
  const branches = issue.errors.map(errors => errors.flatMap(flatten))
  const depth = (errors: readonly Issue[]) => Math.max(0, ...errors.map(({ path }) => path.length))
  const deepest = Math.max(...branches.map(depth))
  const prefixed = (errors: readonly Issue[]) => errors.map(one => ({ ...one, path: [...issue.path, ...one.path] }))
  if (deepest > 0) return prefixed(branches.find(errors => depth(errors) === deepest)!)
  const texts = [...new Set(branches.flat().map(({ message }) => message.replace(/^must be /, '')))]
  const joined = branches.flat().every(({ message }) => message.startsWith('must be '))
  return [
    {
      ...issue,
      message: joined
        ? `must be ${texts.join(' or ')}`
        : [...new Set(branches.flat().map(b => b.message))].join(', or '),
    },
  ]
}

interface Subject<S extends z.ZodType> {
  readonly schema: S
  readonly host: InventoryHost
  readonly settings: ReadonlyMap<string, Setting>
  /** For the message on an unknown name: `a var of the playbook "ping"`. */
  readonly kind: string
  /** Names that are known although the schema does not have them. */
  readonly others: readonly string[]
  /** Of whoever wrote the schema. */
  readonly at?: SourceLocation
}

/** A schema is code of the playbook: what it throws is the playbook's mistake. */
const parsed = <S extends z.ZodType>({ schema, host, kind, at }: Subject<S>, value: unknown, findings: Findings) => {
  try {
    return schema.safeParse(value, { error: expectation })
  } catch (error) {
    const message =
      error instanceof z.core.$ZodAsyncError
        ? 'the schema of the vars must be synchronous: it has an async refine or transform'
        : `the schema of the vars threw ${error instanceof Error ? `${error.name}: ${error.message}` : String(error)}`
    findings.add(host.name, at ? problemAt(at, message) : { message: `${kind}: ${message}` })
    return undefined
  }
}

/** The host's vars as the schema gives them back; undefined: they are wrong, and `findings` says how. */
export const checkVars = <S extends z.ZodType>(subject: Subject<S>, findings: Findings): z.output<S> | undefined => {
  const { schema, host, settings } = subject
  const root: Traced = { kind: 'map', at: host.at, entries: settings }
  const result = parsed(subject, plain(root), findings)
  if (!result) return undefined
  const issues = result.success ? [] : result.error.issues.flatMap(flatten)
  const misspelt = new Set<string>()

  const unknown = (path: readonly Key[], setting: Setting, known: readonly string[]): void => {
    const candidates = path.length ? known : [...known, ...subject.others]
    for (const name of near(setting.name, candidates)) misspelt.add(showPath([...path, name]))
    const what = path.length ? `a key of ${showPath(path)}` : subject.kind
    findings.add(
      host.name,
      problemAt(setting.at, `${setting.name} is not ${what}`, suggest(setting.name, candidates).hint),
    )
  }

  for (const issue of issues) {
    if (issue.code !== 'unrecognized_keys') continue
    const { found } = follow(root, issue.path)
    for (const key of issue.keys) {
      const setting = found.kind === 'map' ? found.entries.get(key) : undefined
      if (setting) unknown(issue.path, setting, knownKeys(schema, issue.path) ?? [])
    }
  }
  // A schema that is not strict drops what it does not know. What somebody typed is never dropped.
  const known = knownKeys(schema)
  if (known && !issues.some(({ code, path }) => code === 'unrecognized_keys' && !path.length))
    for (const setting of settings.values())
      if (setting.at.file.startsWith(COMMAND_LINE) && !known.includes(setting.name)) unknown([], setting, known)

  for (const issue of issues) {
    if (issue.code === 'unrecognized_keys') continue
    const path = showPath(issue.path)
    const { found, rest } = follow(root, issue.path)
    if (rest.length) {
      if (misspelt.has(path)) continue
      const close = found.kind === 'map' ? near(String(rest[0]), found.entries.keys()) : []
      const there = found.kind === 'map' && close[0] !== undefined ? found.entries.get(close[0]) : undefined
      const hint = there
        ? `Did you mean it at ${showPlace(there.at)}, ${there.name}?`
        : issue.path.length === 1
          ? `Set it for the host, for one of its groups, or with -e ${path}=VALUE.`
          : undefined
      const same = issue.path.length === 1 ? `missing ${path}` : undefined
      findings.add(host.name, problemAt(found.at, `${path} is missing; it ${issue.message}`, hint), same)
    } else {
      const what = path ? `${path} ${issue.message}; ${got(found, issue.path)}` : issue.message
      findings.add(host.name, problemAt(found.at, what, wayOut(issue, found)))
    }
  }
  return result.success ? result.data : undefined
}
