import test from 'ava'
import fc from 'fast-check'
import { diffFacts } from '../../lib/changes/diff.ts'
import { content } from '../../lib/facts/content.ts'
import { defineFact, type Fact, type Shown } from '../../lib/facts/fact.ts'
import { path } from '../../lib/facts/path.ts'

const shows = defineFact<string, Shown>({
  kind: 'thing',
  id: question => question,
  ask: () => {
    throw new Error('nobody asks')
  },
  parse: () => [],
  show: answer => answer,
})('x') as Fact<unknown>

const text = (before: string | Buffer | undefined, after: string | Buffer | undefined) => {
  const bytes = (value: string | Buffer | undefined) => (typeof value === 'string' ? Buffer.from(value) : value)
  return diffFacts(shows, { content: bytes(before) }, { content: bytes(after) })
}
const lines = (before: string | undefined, after: string | undefined) => text(before, after)?.texts[0]?.lines

test('attributes that differ, and only these', t => {
  const fact = path('/etc/motd') as Fact<unknown>
  t.deepEqual(
    diffFacts(
      fact,
      { type: 'file', mode: '0644', owner: 'root', group: 'root' },
      { type: 'file', mode: '0640', owner: 'root', group: 'root' },
    ),
    { fact: 'path /etc/motd', attributes: [{ name: 'mode', before: '0644', after: '0640' }], texts: [] },
  )
})

test('nothing differs: nothing is shown', t => {
  t.is(text('a\n', 'a\n'), undefined)
  t.is(diffFacts(shows, { mode: '1' }, { mode: '1' }), undefined)
  t.is(diffFacts(shows, {}, {}), undefined)
})

test('what was not known before shows only what will be', t => {
  const motd = content('/etc/motd') as Fact<unknown>
  t.deepEqual(diffFacts(motd, undefined, { size: 2, bytes: Buffer.from('a\n') }), {
    fact: 'content /etc/motd',
    attributes: [],
    texts: [{ name: 'content', lines: ['@@ -0,0 +1,1 @@', '+a'] }],
  })
})

test('what is gone has no after', t => {
  const fact = path('/x') as Fact<unknown>
  const link = { type: 'link', target: '/y', owner: 'a', group: 'b' }
  t.deepEqual(diffFacts(fact, link, { type: 'absent' })?.attributes, [
    { name: 'type', before: 'link' },
    { name: 'target', before: '/y' },
    { name: 'owner', before: 'a:b' },
  ])
})

test('a field that the claim cannot know is not shown as gone', t => {
  const attributes = (before: Shown, after: Shown) => diffFacts(shows, before, after)?.attributes
  t.is(attributes({ version: '1.2' }, { version: undefined }), undefined)
  t.deepEqual(attributes({ version: '1.2' }, {}), [{ name: 'version', before: '1.2' }])
})

test('a kind that says nothing shows its own scalars', t => {
  const kind = defineFact<string, object>({ kind: 'k', id: q => q, ask: shows.kind.ask, parse: () => [] })
  const fact = kind('q') as Fact<unknown>
  t.deepEqual(diffFacts(fact, { n: 1, on: false, list: [1] }, { n: 2, on: false, list: [2] })?.attributes, [
    { name: 'n', before: '1', after: '2' },
  ])
  t.deepEqual(diffFacts(fact, 'a', 'b')?.attributes, [{ name: 'value', before: 'a', after: 'b' }])
})

test('a text is compared line by line with three lines around', t => {
  const before = 'one\ntwo\nthree\nfour\nfive\nsix\nseven\neight\nnine\n'
  t.deepEqual(lines(before, before.replace('five', '5')), [
    '@@ -2,7 +2,7 @@',
    ' two',
    ' three',
    ' four',
    '-five',
    '+5',
    ' six',
    ' seven',
    ' eight',
  ])
})

test('a missing final newline is visible', t => {
  t.deepEqual(lines('a', 'a\n'), ['@@ -1,1 +1,1 @@', '-a', '\\ No newline at end of file', '+a'])
})

test('a carriage return is a difference', t => {
  t.deepEqual(lines('a\r\n', 'a\n'), ['@@ -1,1 +1,1 @@', '-a\r', '+a'])
})

test('an empty file is not an absent one', t => {
  t.deepEqual(text(undefined, '')?.attributes, [{ name: 'content', after: '0 bytes, sha256 e3b0c44298fc' }])
})

for (const [what, bytes, size] of [
  ['a NUL byte', Buffer.from('a\0b'), 3],
  ['invalid UTF-8', Buffer.from([0x61, 0xff, 0xfe]), 3],
  ['more than 256 KiB', Buffer.alloc(256 * 1024 + 1, 'x'), 262145],
  ['more than 5000 lines', Buffer.from('\n'.repeat(5001)), 5001],
  ['more edits than are looked for', Buffer.from(Array.from({ length: 2500 }, (_, i) => `${i}\n`).join('')), 11390],
] as const)
  test(`${what}: size and digest`, t => {
    const [attribute] = text('a\n', bytes)?.attributes ?? []
    t.is(attribute?.before, '2 bytes, sha256 87428fc52280')
    t.regex(attribute?.after ?? '', new RegExp(`^${size} bytes, sha256 [0-9a-f]{12}$`))
  })

test('at most 2000 hunk lines, and the number of those left out', t => {
  const many = Array.from({ length: 1999 }, (_, i) => `line ${i}\n`).join('')
  t.is(lines(undefined, many)?.length, 2000)
  const more = lines(undefined, `${many}a\nb\nc\n`) ?? []
  t.is(more.length, 2001)
  t.is(more.at(-1), '\\ 3 more lines left out')
})

test('the lines say both texts whole when all is context', t => {
  const line = fc.constantFrom('a', 'b', '', '\\ x', '@@', '-', '+', ' ')
  const file = fc.array(line, { maxLength: 4 }).map(all => all.map(l => `${l}\n`).join(''))
  t.notThrows(() =>
    fc.assert(
      fc.property(file, file, (before, after) => {
        const found = lines(before, after)
        if (before === after) return found === undefined
        const side = (mark: string) =>
          (found ?? [])
            .slice(1)
            .filter(l => l.startsWith(' ') || l.startsWith(mark))
            .map(l => `${l.slice(1)}\n`)
            .join('')
        return side('-') === before && side('+') === after
      }),
    ),
  )
})
