import test from 'ava'
import fc from 'fast-check'
import { escapeProperty } from '../../lib/changes/edit/properties.ts'
import type { Event } from '../../lib/event.ts'
import { gate } from '../../lib/report/gate.ts'
import { base64Of } from '../../lib/secret/encodings.ts'
import { unspell } from '../../lib/secret/unspell.ts'
import { Secret } from '../../lib/secret.ts'
import { ended, failure, output, runOf, stream } from '../helpers/events.ts'

// What a host prints comes in pieces and in lines. Whatever form a secret has in it, no 8 characters of that form get out.

const AT_MOST = 7

const entity = (c: string): string => `&#x${c.charCodeAt(0).toString(16)};`
const unwrapped = (text: string): string => text

/** A form: how the secret looks in it, and how a program prints something that has it inside. */
interface Form {
  readonly looks: (secret: string) => readonly string[]
  /** `around`: zero to two bytes that stand before the secret in what is encoded. */
  readonly printed: (secret: string, around: string) => string
  readonly wraps?: boolean
}

const inText = (spell: (secret: string) => string): Form => ({
  looks: secret => [spell(secret)],
  printed: (secret, around) => `${around}<${spell(secret)}>${around}`,
})

const inBytes = (spell: (text: string) => string, looks: (secret: string) => readonly string[]): Form => ({
  looks,
  printed: (secret, around) => spell(`${around}${secret}${around}`),
  wraps: true,
})

const forms: Readonly<Record<string, Form>> = {
  'as it is': inText(unwrapped),
  JSON: inText(s => JSON.stringify(s).slice(1, -1)),
  'a URL': inText(encodeURIComponent),
  'a form': inText(s => new URLSearchParams({ s }).toString().slice(2)),
  'quotes of a shell': inText(s => s.replaceAll("'", `'\\''`)),
  '$ quotes of a shell': inText(s => s.replace(/[\\']/g, '\\$&').replaceAll('\t', '\\t')),
  XML: inText(s => s.replace(/[&<>"']/g, entity)),
  properties: inText(escapeProperty),
  base64: inBytes(text => Buffer.from(text).toString('base64'), base64Of),
  'base64 for URLs': inBytes(
    text => Buffer.from(text).toString('base64url'),
    secret => base64Of(secret).map(one => one.replaceAll('+', '-').replaceAll('/', '_')),
  ),
  hexadecimal: inBytes(
    text => Buffer.from(text).toString('hex'),
    secret => [Buffer.from(secret).toString('hex')],
  ),
  HEXADECIMAL: inBytes(
    text => Buffer.from(text).toString('hex').toUpperCase(),
    secret => [Buffer.from(secret).toString('hex').toUpperCase()],
  ),
}

const letters = ['a', 'Z', '7', 'q', 'K', '"', '\\', "'", ' ', '$', '&', '<', '%', '/', '+', '=', ':', '!', '~', '\t']
const secrets = fc
  .array(fc.constantFrom(...letters, 'é', '€', '🔑'), { minLength: 6, maxLength: 60 })
  .map(all => all.join(''))
  // What is hardly more than escapes is known only as it is, and in JSON.
  .filter(
    s =>
      !/[\\'"]{3}/.test(s) &&
      s.trim() === s &&
      unspell(s.replace(/\\./g, '')).text.replaceAll("'", '').trim().length >= 6,
  )

const windows = (text: string): readonly string[] =>
  text.length <= AT_MOST
    ? [text]
    : Array.from({ length: text.length - AT_MOST }, (_, i) => text.slice(i, i + AT_MOST + 1))

/** In lines of this many characters, as base64, xxd -p and PEM do. */
const wrap = (text: string, width: number): string => text.replace(new RegExp(`(.{${width}})(?=.)`, 'gs'), '$1\n')

const cut = (text: string, cuts: readonly number[]): readonly string[] => {
  const at = [0, ...cuts.map(c => c % (text.length + 1)).sort((a, b) => a - b), text.length]
  return at.slice(1).map((end, i) => text.slice(at[i], end))
}

/** Every string of the events that came out. */
const strings = (value: unknown): readonly string[] => {
  if (typeof value === 'string') return [value]
  if (typeof value !== 'object' || value === null) return []
  return Object.values(value).flatMap(strings)
}

const shown = async (events: readonly Event[], target: 'terminal' | 'json'): Promise<string> => {
  const out: string[] = []
  for await (const event of gate(stream(events), target)) out.push(...strings(event))
  return out.join('\u0000')
}

const said = (pieces: readonly string[], whole: string): Event[] =>
  runOf(
    ['h1'],
    [
      ...pieces.map(piece => output('h1', piece)),
      ended('h1', 't', 'failed', {
        error: failure({ stdout: whole, stderr: whole, message: whole }),
        changes: [
          {
            summary: 's',
            diffs: [
              {
                fact: 'f',
                attributes: [],
                texts: [{ name: 'content', lines: whole.split('\n').map(line => `+${line}`) }],
              },
            ],
          },
        ],
      }),
    ],
  )

for (const [name, { looks, printed, wraps }] of Object.entries(forms))
  for (const target of ['terminal', 'json'] as const)
    test(`${name}, to ${target}: no ${AT_MOST + 1} characters in a row get out`, async t => {
      const given = fc.record({
        secret: secrets,
        around: fc.constantFrom('', '^', '^^'),
        width: fc.integer({ min: 8, max: 90 }),
        cuts: fc.array(fc.nat({ max: 400 }), { maxLength: 5 }),
      })
      const property = fc.asyncProperty(given, async ({ secret, around, width, cuts }) => {
        new Secret(secret)
        const text = printed(secret, around)
        const lines = wraps ? wrap(text, width) : text
        const out = await shown(said(cut(`${lines}\n`, cuts), lines), target)
        const seen = [...looks(secret), secret].flatMap(windows).filter(part => out.includes(part))
        return seen.length === 0
      })
      await t.notThrowsAsync(fc.assert(property, { numRuns: 60 }))
    })

test('what is around a secret, and what only looks a little like one, stays', async t => {
  new Secret('some-s3cret-of-the-forms')
  const encoded = Buffer.from('{"user":"somebody","pw":"some-s3cret-of-the-forms","host":"a.example"}').toString(
    'base64',
  )
  const out = await shown(
    [{ type: 'notice', text: `commit 0123456789abcdef0123456789abcdef01234567 ${encoded}` }],
    'json',
  )
  t.regex(
    out,
    /^notice\0commit 0123456789abcdef0123456789abcdef01234567 eyJ1c2VyIjoic29tZWJvZHkiLCJwdyI6I.{0,2}\[secret\]\S{20}/,
  )
})
