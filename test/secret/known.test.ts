import { spawnSync } from 'node:child_process'
import { inspect } from 'node:util'
import test from 'ava'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { escapeProperty } from '../../lib/changes/edit/properties.ts'
import { hide, maskSecrets } from '../../lib/secret.ts'

const printed = (program: string, args: readonly string[], locale: string, input = ''): string =>
  spawnSync(program, args, { input, env: { PATH: process.env.PATH, LC_ALL: locale } }).stdout.toString()

const bash = (script: string, locale: string) => (secret: string) =>
  printed('bash', ['-c', `exec 2>&1; ${script}`, 'bash', secret], locale)

const percent = (text: string, digits: (hex: string) => string): string =>
  Array.from(Buffer.from(text), byte =>
    /[a-z0-9]/i.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${digits(byte.toString(16))}`,
  ).join('')

const xml = (text: string, entity: (character: string) => string): string => text.replace(/[&<>"']/g, entity)

// What real programs and writers make of it, beside those that are imitated.
const ways: Readonly<Record<string, (secret: string) => string>> = {
  'as it is': s => s,
  'printf %q of bash': bash('printf %q "$1"', 'C.UTF-8'),
  'printf %q of bash without UTF-8': bash('printf %q "$1"', 'C'),
  'set -x of bash': bash('set -x; : x "$1"', 'C.UTF-8'),
  'declare -p of bash': bash('secret=$1; declare -p secret', 'C.UTF-8'),
  'echo of dash': s => printed('dash', ['-c', 'echo "$1"', 'dash', s], 'C.UTF-8'),
  'read without -r': s => printed('dash', ['-c', 'read s; printf "%s" "$s"'], 'C.UTF-8', `${s}\n`),
  'single quotes': s => `'${s.replaceAll("'", `'\\''`)}'`,
  'single quotes, the other way': s => `'${s.replaceAll("'", `'"'"'`)}'`,
  'double quotes': s => `"${s.replace(/["$`\\]/g, '\\$&')}"`,
  SQL: s => `'${s.replaceAll("'", "''")}'`,
  'a shell inside of a shell': s => `'${`'${s.replaceAll("'", `'\\''`)}'`.replaceAll("'", `'\\''`)}'`,
  JSON: s => JSON.stringify(s),
  'JSON in JSON': s => JSON.stringify(JSON.stringify({ s })),
  'JSON in ASCII': s =>
    JSON.stringify(s).replace(/[\x7f-\uffff]/g, c => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`),
  'JSON of PHP': s => JSON.stringify(s).replaceAll('/', '\\/'),
  'inspect of Node': s => inspect(s),
  properties: escapeProperty,
  YAML: s => stringify(s, { lineWidth: 0 }),
  encodeURIComponent,
  'a form': s => new URLSearchParams({ s }).toString(),
  'a URL in lower case': s => percent(s, hex => hex.padStart(2, '0')),
  'XML with names': s =>
    xml(s, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' })[c] ?? c),
  'XML with numbers': s => xml(s, c => `&#${c.charCodeAt(0)};`),
  'XML with hexadecimal numbers': s => xml(s, c => `&#x${c.charCodeAt(0).toString(16).toUpperCase()};`),
  base64: s => printed('base64', ['-w0'], 'C', s),
  'base64 with a byte before it': s => printed('base64', ['-w0'], 'C', `:${s}\n`),
  'base64 with two bytes before it': s => printed('base64', ['-w0'], 'C', `u:${s}`),
  'base64 for URLs': s => Buffer.from(s).toString('base64url'),
  hexadecimal: s => Buffer.from(s).toString('hex'),
  HEXADECIMAL: s => Buffer.from(s).toString('hex').toUpperCase(),
}

const hard = ['a', 'Z', '7', '"', '\\', "'", ' ', '$', '`', '&', '<', '%', '/', '+', '=', ':', '!', ',', '~', '#', '\t']
const secrets = fc
  .array(fc.constantFrom(...hard, 'é', '€', '🔑', '\u001b'), { minLength: 6, maxLength: 24 })
  .map(characters => characters.join(''))
  // Long enough also when a shell has dropped what a backslash says, and without quotes.
  .filter(
    text =>
      text
        .replace(/\\./g, '')
        .replace(/[\\'"]/g, '')
        .trim().length >= 6 && /\w/.test(text),
  )

for (const [name, way] of Object.entries(ways))
  test(`no secret is seen in: ${name}`, t => {
    const run = fc.property(secrets, secret => {
      hide(secret)
      const masked = maskSecrets(`before ${way(secret)} after`)
      // All that may be left is what is around it: quotes, a name, characters of base64 that also hold other bits.
      const rest = masked.replaceAll('[secret]', '')
      return masked.includes('[secret]') && !rest.includes(secret.trim()) && rest.length < 45
    })
    t.notThrows(() => fc.assert(run, { numRuns: 60 }))
  })

test('a key is masked line by line, and in the lines that base64 makes of it', t => {
  const key = `-----BEGIN PRIVATE KEY-----\nk3yMaterialOfTheFirstLine/+0123456789abcdefghij\n${'zyxwvu9876543210'.repeat(4)}\n-----END PRIVATE KEY-----\n`
  hide(key)
  const encoded = printed('base64', [], 'C', key).trimEnd().split('\n')
  for (const line of [...key.split('\n').slice(1, 3), ...encoded]) t.regex(maskSecrets(line), /^\[secret\].{0,4}$/)
  t.is(maskSecrets('-----BEGIN PRIVATE KEY-----'), '-----BEGIN PRIVATE KEY-----')
})

test('of two secrets that overlap, neither leaves a rest behind', t => {
  hide('first-and-second')
  hide('second-and-third')
  t.is(maskSecrets('<first-and-second-and-third>'), '<[secret]>')
})

test('what is too short to be a secret masks nothing', t => {
  hide('rowsy')
  hide('      ')
  t.is(maskSecrets('rowsy       rowsy'), 'rowsy       rowsy')
})

test('a row of quotes is found, and does not make the search endless', t => {
  const [long, short] = [`${"'".repeat(40)}long1`, `${`'"\\`.repeat(2)}short1`]
  for (const secret of [long, short]) hide(secret)
  t.is(maskSecrets(`(${long}) (${short})`), '([secret]) ([secret])')
  t.false(maskSecrets(JSON.stringify(short)).includes('short1'))
  for (const row of [`'`, '"', '\\', `'\\''`]) {
    const text = `short1 long1 ${row.repeat(200_000)}`
    t.is(maskSecrets(text), text)
  }
})
