import test from 'ava'
import fc from 'fast-check'
import type { Event } from '../../lib/event.ts'
import { Secret } from '../../lib/secret.ts'
import { ended, fixtures, output, recorded, rendered, runOf } from '../helpers/events.ts'

const formats = ['pretty', 'plain', 'json', 'github'] as const

/** Long enough not to be a word of the report by chance; with everything in it that a format might escape. */
const secrets = fc
  .array(fc.constantFrom('a', 'Z', '7', '"', '\\', "'", ' ', '\n', '\r', '\t', '\u001b', '<', '&', 'é', '🔑', '%'), {
    minLength: 4,
    maxLength: 30,
  })
  .map(characters => `k3y-${characters.join('')}-end`)

/** Everything of a secret that would give it away: it, and its longer lines; in a JSON report as JSON writes them. */
const traces = (secret: string): readonly string[] =>
  [secret, ...secret.split(/[\r\n]+/)]
    .filter(part => part.length >= 6)
    .flatMap(part => [part, JSON.stringify(part).slice(1, -1)])

const fixed = new Set(['type', 'state', 'outcome', 'mode', 'kind', 'stream', 'connection'])

/** The same value with a secret put into one of its strings, the n-th. Keys of `hosts` count as strings. */
const plant = <T>(value: T, secret: string, n: number): { readonly value: T; readonly strings: number } => {
  let left = n
  const walk = (item: unknown, field: string): unknown => {
    if (typeof item === 'string') return !fixed.has(field) && left-- === 0 ? `${item}${secret}x` : item
    if (Array.isArray(item)) return item.map(one => walk(one, field === 'hosts' ? '' : field))
    if (typeof item !== 'object' || item === null) return item
    const pairs = Object.entries(item).map(([key, one]) => [
      field === 'hosts' && left-- === 0 ? key + secret : key,
      walk(one, field === 'hosts' ? '' : key),
    ])
    return Object.fromEntries(pairs)
  }
  const planted = walk(value, '') as T
  return { value: planted, strings: n - left }
}

for (const format of formats)
  test(`${format}: a secret is masked wherever in an event it stands`, async t => {
    let found = 0
    const anywhere = fc.record({
      name: fc.constantFrom(...fixtures),
      secret: secrets,
      where: fc.double({ min: 0, max: 0.999, noNaN: true }),
      verbosity: fc.nat({ max: 2 }),
    })
    const run = fc.asyncProperty(anywhere, async ({ name, secret, where, verbosity }) => {
      new Secret(secret)
      const { strings } = plant(recorded(name), '', 1e9)
      const { value } = plant(recorded(name), secret, Math.floor(where * strings))
      const text = await rendered(value, { format, verbosity })
      if (text.includes('[secret]')) found++
      return traces(secret).every(trace => !text.includes(trace))
    })
    await t.notThrowsAsync(fc.assert(run, { numRuns: format === 'pretty' ? 40 : 150 }))
    t.true(found > 10, 'secrets were planted where they show')
  })

test('a secret that arrives in pieces is masked in all formats', async t => {
  const pieces = fc.tuple(secrets, fc.array(fc.nat({ max: 40 }), { maxLength: 4 }))
  for (const format of formats) {
    const run = fc.asyncProperty(pieces, async ([secret, cuts]) => {
      new Secret(secret)
      const whole = `before ${secret} after`
      const at = [0, ...cuts.filter(c => c < whole.length).sort((a, b) => a - b), whole.length]
      const events = at.slice(1).map((end, i) => output('h1', whole.slice(at[i], end)))
      const text = await rendered(runOf(['h1'], [...events, ended('h1', 't', 'changed')]), { format, verbosity: 2 })
      return traces(secret).every(trace => !text.includes(trace))
    })
    await t.notThrowsAsync(fc.assert(run, { numRuns: 30 }))
  }
})

const diffOf = (lines: readonly string[], before = 'old'): Event =>
  ended('h1', 'f', 'changed', {
    changes: [
      {
        summary: 's',
        diffs: [
          {
            fact: 'content /x',
            attributes: [{ name: 'password', before, after: 'new-passw0rd' }],
            texts: [{ name: 'content', lines }],
          },
        ],
      },
    ],
  })

test('the former value of a changed secret is not shown either', async t => {
  new Secret('new-passw0rd')
  const lines = [' user=x', '-  password=formerly', '-port=1', '+  password=new-passw0rd', '+port=2']
  const text = await rendered(runOf(['h1'], [diffOf(lines, 'formerly')]))
  t.false(text.includes('formerly'))
  for (const line of ['-  password=[secret]', '+  password=[secret]', '-port=1', '+port=2', ' user=x'])
    t.true(text.includes(`        ${line}\n`), line)
  t.true(text.includes('~ password  [secret] -> [secret]'))
})

test('where a whole line is the secret, no removed line is shown', async t => {
  new Secret('new-passw0rd')
  const text = await rendered(runOf(['h1'], [diffOf(['-formerly', '-and more', '+new-passw0rd'])]))
  t.false(/formerly|and more/.test(text))
})

test('of two secrets with the same beginning, the longer leaves nothing behind', async t => {
  new Secret('beginning')
  new Secret('beginning-and-end')
  const text = await rendered(runOf([], [{ type: 'notice', text: 'x beginning-and-end y' }]))
  t.true(text.includes('x [secret] y'))
})
