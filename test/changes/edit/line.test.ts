import test from 'ava'
import fc from 'fast-check'
import { ensureLine, removeLines } from '../../../lib/changes/edit/line.ts'
import { joinLines, splitLines } from '../../../lib/changes/edit/lines.ts'

const end = { at: 'end' } as const

test('puts the line at its place', t => {
  t.is(ensureLine('a\nb\n', 'x', end), 'a\nb\nx\n')
  t.is(ensureLine('a\nb', 'x', end), 'a\nb\nx\n')
  t.is(ensureLine('a\r\nb\r\n', 'x', end), 'a\r\nb\r\nx\r\n')
  t.is(ensureLine('', 'x', end), 'x\n')
  t.is(ensureLine('a\nb\n', 'x', { at: 'start' }), 'x\na\nb\n')
  t.is(ensureLine('a1\nb\na2\nc\n', 'x', { after: /^a/ }), 'a1\nb\na2\nx\nc\n')
  t.is(ensureLine('a1\nb\na2\nc\n', 'x', { before: /^a/ }), 'a1\nb\nx\na2\nc\n')
  t.is(ensureLine('a\n', 'x', { after: /^q/ }), 'a\nx\n')
})

test('replaces the last match, and leaves the rest', t => {
  t.is(ensureLine('k=1\r\nk=2\nz', 'k=3', end, /^k=/), 'k=1\r\nk=3\nz')
  t.is(ensureLine('#k\nk=3\n#k\n', 'k=3', end, /^#k/), '#k\nk=3\n#k\n')
  t.is(ensureLine('z', 'k=3', end, /^z$/), 'k=3')
})

test('removes every line that is meant', t => {
  t.is(removeLines('a\nb\na\n', 'a'), 'b\n')
  t.is(removeLines('a1\nb\na2', /^a/), 'b\n')
})

const text = fc.array(fc.constantFrom('a', 'b', '#a', '\n', '\r\n', '\r', ''), { maxLength: 12 }).map(l => l.join(''))

test('cutting and joining gives the text back', t => {
  fc.assert(fc.property(text, x => t.is(joinLines(splitLines(x)), x)))
})

test('once is enough, whatever the file and the pattern', t => {
  const patterns = fc.constantFrom(undefined, /^a/, /a$/, /b/, /^#/)
  fc.assert(
    fc.property(text, fc.constantFrom('a', 'b', '#a', 'x'), patterns, (before, line, match) => {
      const once = ensureLine(before, line, end, match)
      t.is(ensureLine(once, line, end, match), once)
      t.true(splitLines(once).some(l => l.text === line))
    }),
    { numRuns: 2000 },
  )
})
