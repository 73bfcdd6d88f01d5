import { type Document, isMap, parseDocument } from 'yaml'
import { Refusal } from '../../errors.ts'

export interface Merged {
  readonly text: string
  /** Keys, with dots, that are set or removed. */
  readonly set: readonly string[]
  readonly removed: readonly string[]
}

type Leaves = ReadonlyMap<string, unknown>

/** The form of a value that Artifactory has encrypted with its master key: key id, method, payload. */
const encrypted = (value: unknown): boolean =>
  typeof value === 'string' && /^[\w-]{2,16}\.aes[a-z]*\d+\.[\w+/=-]+$/.test(value)

const read = (text: string, whose: string): Document => {
  const document = parseDocument(text)
  const [error] = document.errors
  if (error)
    throw new Refusal(`system.yaml of ${whose} is not YAML: line ${error.linePos?.[0].line ?? '?'}: ${error.code}`)
  if (document.contents !== null && !isMap(document.contents)) throw new Refusal(`system.yaml of ${whose} is no map`)
  return document
}

const leaves = (value: unknown, at: readonly string[] = []): readonly (readonly [string, unknown])[] =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
    ? Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...at, key]))
    : at.length > 0
      ? [[JSON.stringify(at), value]]
      : []

const same = (wanted: unknown, has: unknown): boolean =>
  JSON.stringify(wanted) === JSON.stringify(has) || (encrypted(has) && typeof wanted === 'string' && !encrypted(wanted))

const dotted = (id: string): string => (JSON.parse(id) as string[]).join('.')

/** What belongs to the node: its value here is the given one, else the one that is here, never the other node's. */
const ownLeaves = (own: Readonly<Record<string, string | undefined>>, here: Leaves): Leaves =>
  new Map(
    Object.entries(own).flatMap(([key, value]) => {
      const id = JSON.stringify(key.split('.'))
      const wanted = value ?? here.get(id)
      return wanted === undefined ? [] : [[id, wanted] as const]
    }),
  )

/**
 * system.yaml as it should be here: the other node's, key by key, except what belongs to the node; comments and order of what
 * is here stay. Artifactory rewrites the file itself and encrypts values: a value that is encrypted here and still clear
 * there counts as equal. Of two different encrypted values the other node's is taken; with equal master keys it is good here.
 * https://github.com/jfrog/JFrog-Cloud-Installers/issues/116
 */
export const mergeSystemYaml = (
  there: string,
  here: string | undefined,
  own: Readonly<Record<string, string | undefined>>,
): Merged => {
  const source = read(there, 'the active')
  const target = read(here ?? there, 'the standby')
  const has: Leaves = new Map(leaves(target.toJS() ?? {}))
  const local = ownLeaves(own, here === undefined ? new Map() : has)
  const isOwn = new Set(Object.keys(own).map(key => JSON.stringify(key.split('.'))))
  const wanted: Leaves = new Map([...leaves(source.toJS() ?? {}).filter(([id]) => !isOwn.has(id)), ...local])
  const removed = [...has.keys()].filter(id => !wanted.has(id))
  for (const id of removed) target.deleteIn(JSON.parse(id) as string[])
  const set = [...wanted].filter(([id, value]) => !has.has(id) || !same(value, has.get(id)))
  for (const [id, value] of set) target.setIn(JSON.parse(id) as string[], value)
  if (here !== undefined && set.length === 0 && removed.length === 0) return { text: here, set: [], removed: [] }
  return {
    text: target.toString({ lineWidth: 0 }),
    set: (here === undefined ? [...wanted.keys()] : set.map(([id]) => id)).map(dotted),
    removed: here === undefined ? [] : removed.map(dotted),
  }
}
