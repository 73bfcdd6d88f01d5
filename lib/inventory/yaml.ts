import * as YAML from 'yaml'
import { type Problem, type SourceLocation, showLocation } from '../errors.ts'
import type { Setting, Traced } from './traced.ts'

export interface YamlOptions {
  /** Tags of scalars that are left as `tag`, for whoever looks up what they stand for. All others are problems. */
  readonly tags?: readonly string[]
  /** The text was decrypted: no message quotes it. */
  readonly hidden?: boolean
}

/**
 * Reads YAML 1.2 (so `yes`, `no`, `on`, `off` and `0644` are what they look like) and keeps the place of every value.
 * What is wrong is added to `problems`; the rest of the file is still read. An empty document is undefined.
 */
export const parseYaml = (
  file: string,
  text: string,
  problems: Problem[],
  { tags = [], hidden = false }: YamlOptions = {},
): Traced | undefined => {
  const quoted = (part: string): string => (hidden ? '[secret]' : part)
  const lines = new YAML.LineCounter()
  const at = (offset: number): SourceLocation => {
    const { line, col } = lines.linePos(offset)
    return { file, line: Math.max(line, 1), column: Math.max(col, 1) }
  }
  const document = YAML.parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false })
  if (document.errors.length) {
    for (const { message, pos, code } of document.errors)
      problems.push(
        code === 'MULTIPLE_DOCS'
          ? {
              message: 'a second YAML document starts here; a file must hold one',
              at: at(pos[0]),
              hint: 'Remove the --- line.',
            }
          : { message: `not valid YAML: ${hidden ? code : message}`, at: at(pos[0]) },
      )
    return undefined
  }
  const done = new Map<YAML.Node, Traced>()
  const open = new Set<YAML.Node>()

  const scalar = (node: YAML.Scalar, place: SourceLocation): Extract<Traced, { kind: 'scalar' }> => {
    const value = node.value
    const known = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null
    return { kind: 'scalar', at: place, value: known, text: node.source ?? '' }
  }

  const merged = (value: Traced, into: Map<string, Setting>): void => {
    for (const source of value.kind === 'list' ? value.items : [value]) {
      if (source.kind === 'map') {
        for (const [name, setting] of source.entries) if (!into.has(name)) into.set(name, setting)
      } else problems.push({ message: '<< must be given a mapping, or a list of mappings', at: source.at })
    }
  }

  const map = (node: YAML.YAMLMap, place: SourceLocation): Traced => {
    const entries = new Map<string, Setting>()
    const inherited: Traced[] = []
    for (const { key, value } of node.items) {
      if (!YAML.isScalar(key) || key.value === null) {
        problems.push({ message: 'a key must be a word', at: YAML.isNode(key) ? at(key.range?.[0] ?? 0) : place })
        continue
      }
      const keyAt = at(key.range?.[0] ?? 0)
      const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value))
      const written =
        YAML.isNode(value) && !(YAML.isScalar(value) && value.value === null && !value.source && !value.tag)
      // A value that is left out is at its key: there is nothing else to point at.
      const below: Traced = written ? convert(value) : { kind: 'scalar', at: keyAt, value: null, text: '' }
      const first = entries.get(name)
      if (name === '<<' && key.type === 'PLAIN') inherited.push(below)
      else if (first)
        problems.push({
          message: `the key ${name} is given twice; the first is at ${showLocation(first.at)}`,
          at: keyAt,
          hint: 'Remove one of them.',
        })
      else entries.set(name, { name, at: keyAt, value: below })
    }
    for (const value of inherited) merged(value, entries)
    return { kind: 'map', at: place, entries }
  }

  const convert = (node: YAML.Node): Traced => {
    const place = at(node.range?.[0] ?? 0)
    const nothing: Traced = { kind: 'scalar', at: place, value: null, text: '' }
    if (YAML.isAlias(node)) {
      const target = node.resolve(document)
      if (!target) problems.push({ message: `there is no anchor &${quoted(node.source)} above`, at: place })
      else if (open.has(target))
        problems.push({ message: `the anchor &${quoted(node.source)} contains itself`, at: place })
      else return convert(target)
      return nothing
    }
    const before = done.get(node)
    if (before) return before
    if (node.tag && !node.tag.startsWith('tag:yaml.org,2002:')) {
      const known = tags.includes(node.tag)
      if (known && YAML.isScalar(node)) {
        const tagged: Traced = { ...scalar(node, place), value: String(node.value ?? ''), tag: node.tag }
        done.set(node, tagged)
        return tagged
      }
      problems.push({
        message: known ? `${node.tag} must be given text` : `the tag ${quoted(node.tag)} is not supported`,
        at: place,
        ...(tags.length > 0 && { hint: `There are: ${tags.join(', ')}` }),
      })
      return nothing
    }
    open.add(node)
    const traced = YAML.isMap(node)
      ? map(node, place)
      : YAML.isSeq(node)
        ? {
            kind: 'list' as const,
            at: place,
            items: node.items.map(item => (YAML.isNode(item) ? convert(item) : nothing)),
          }
        : YAML.isScalar(node)
          ? scalar(node, place)
          : nothing
    open.delete(node)
    done.set(node, traced)
    return traced
  }
  return document.contents && YAML.isNode(document.contents) ? convert(document.contents) : undefined
}
