import test from 'ava'
import { codeQuality } from '../../lib/report/gitlab.ts'
import { html } from '../../lib/report/html/html.ts'
import { junit } from '../../lib/report/junit.ts'
import { markdown } from '../../lib/report/markdown.ts'
import { Secret } from '../../lib/secret.ts'
import { everything, journalOf } from '../helpers/everything.ts'

const canary = 'c4nary-of-the-coalmine'

/** The same value with the canary in each of its strings that are not words of the program. */
const everywhere = (value: unknown, field = ''): unknown => {
  if (typeof value === 'string')
    return ['type', 'state', 'outcome', 'mode', 'kind', 'stream', 'time'].includes(field) ? value : `${value} ${canary}`
  if (Array.isArray(value)) return value.map(item => everywhere(item, field))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, everywhere(item, key)]))
}

for (const [name, view] of [
  ['JUnit', junit],
  ['code quality', (records: Parameters<typeof junit>[0]) => codeQuality(records, process.cwd())],
  ['Markdown', (records: Parameters<typeof junit>[0]) => markdown(records, { limit: 1e6 })],
  ['HTML', html],
] as const)
  test(`${name}: a secret that was in every string of every event is in no view of the journal`, t => {
    new Secret(canary)
    const text = view(journalOf(everywhere(everything) as typeof everything))
    t.true(text.includes('secret]'))
    t.false(text.includes(canary))
  })
