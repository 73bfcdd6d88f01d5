import { createHash } from 'node:crypto'
import { formatPatch, OMIT_HEADERS, structuredPatch } from 'diff'
import type { FactDiff } from '../event.ts'
import type { Fact, Shown } from '../facts/fact.ts'
import type { Claim } from './change.ts'
import { hideValues } from './hide-values.ts'

/** Texts above either limit are compared by size and digest only. */
const MAX_BYTES = 256 * 1024
const MAX_LINES = 5000
/** Hunk lines kept of one text. */
const MAX_HUNK_LINES = 2000
/**
 * Added and removed lines above which no line-by-line diff is looked for: the search is quadratic in them, and it holds
 * up every connection of this process (5000 wholly different lines took 3 s).
 */
const MAX_EDITS = 2000

type Value = string | Buffer | undefined
type Attribute = FactDiff['attributes'][number]
type Text = FactDiff['texts'][number]

const scalars = (answer: unknown): Shown => {
  const entries = typeof answer === 'object' && answer !== null ? Object.entries(answer) : [['value', answer] as const]
  const kept = entries.filter(([, value]) => ['string', 'number', 'boolean', 'bigint'].includes(typeof value))
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]))
}

/** What is shown of an answer: `{}` for none. */
export const shown = (fact: Fact<unknown>, answer: unknown): Shown =>
  answer === undefined ? {} : fact.kind.show ? fact.kind.show(answer, fact.question) : scalars(answer)

/** A claim leaves a field undefined when it cannot be known beforehand. That is not the same as: it will be gone. */
const unknowable = (answer: unknown, name: string): boolean =>
  typeof answer === 'object' && answer !== null && name in answer && Reflect.get(answer, name) === undefined

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const decode = (bytes: Buffer): string | undefined => {
  if (bytes.length > MAX_BYTES || bytes.includes(0)) return undefined
  try {
    const text = utf8.decode(bytes)
    return text.split('\n').length - 1 > MAX_LINES ? undefined : text
  } catch {
    return undefined
  }
}

const inShort = (bytes: Buffer): string =>
  `${bytes.length} bytes, sha256 ${createHash('sha256').update(bytes).digest('hex').slice(0, 12)}`

/** Lines around a change. */
const CONTEXT = 3

const hunkLines = (before: string, after: string, context: number): readonly string[] | undefined => {
  const wholly = before === '' || after === ''
  const options = { context, maxEditLength: wholly ? 2 * MAX_LINES : MAX_EDITS }
  const patch = structuredPatch('', '', before, after, undefined, undefined, options)
  if (!patch) return undefined
  const lines = formatPatch(patch, OMIT_HEADERS).replace(/\n$/, '').split('\n')
  const left = lines.length - MAX_HUNK_LINES
  return left > 0 ? [...lines.slice(0, MAX_HUNK_LINES), `\\ ${left} more lines left out`] : lines
}

const diffText = (before: Value, after: Value, restricted: boolean): readonly string[] | undefined => {
  if (typeof before === 'string' || typeof after === 'string') return undefined
  const [old, young] = [decode(before ?? Buffer.alloc(0)), decode(after ?? Buffer.alloc(0))]
  if (old === undefined || young === undefined || old === young) return undefined
  const lines = hunkLines(old, young, restricted ? 0 : CONTEXT)
  return restricted ? lines?.map(hideValues) : lines
}

const inWords = (value: Value): string | undefined => (Buffer.isBuffer(value) ? inShort(value) : value)

const same = (before: Value, after: Value): boolean =>
  Buffer.isBuffer(before) && Buffer.isBuffer(after) ? before.equals(after) : before === after

/**
 * What a change makes of a fact, for people. `before` undefined: not known, so only what will be is shown.
 * Undefined: there is nothing to show.
 */
export const diffFacts = (fact: Fact<unknown>, before: unknown | undefined, after: unknown): FactDiff | undefined =>
  diffShown(fact, shown(fact, before), shown(fact, after), after)

/** As diffFacts, unless the claim says what is to be shown instead. */
export const diffClaim = (claim: Claim, before: unknown | undefined): FactDiff | undefined =>
  claim.shown
    ? diffShown(claim.fact, claim.shown.before, claim.shown.after, undefined, claim.restricted)
    : diffShown(claim.fact, shown(claim.fact, before), shown(claim.fact, claim.answer), claim.answer, claim.restricted)

const diffShown = (
  fact: Fact<unknown>,
  old: Shown,
  young: Shown,
  after: unknown,
  restricted = false,
): FactDiff | undefined => {
  const attributes: Attribute[] = []
  const texts: Text[] = []
  for (const name of new Set([...Object.keys(old), ...Object.keys(young)])) {
    const [was, is] = [old[name], young[name]]
    if (same(was, is) || (is === undefined && unknowable(after, name))) continue
    const lines = diffText(was, is, restricted)
    if (lines) texts.push({ name, lines })
    else {
      const [from, to] = [inWords(was), inWords(is)]
      attributes.push({ name, ...(from !== undefined && { before: from }), ...(to !== undefined && { after: to }) })
    }
  }
  return attributes.length || texts.length ? { fact: fact.key, attributes, texts } : undefined
}
