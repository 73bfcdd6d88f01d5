import test from 'ava'
import fc from 'fast-check'
import { editProperties, liveProperties } from '../../../lib/changes/edit/properties.ts'

const set = (values: Record<string, string>) => new Map(Object.entries(values))

const cases = [
  {
    title: 'a value, with the separator as it is',
    text: 'a : 1\n# a=0\nb=2\n',
    set: { a: '3' },
    is: 'a : 3\n# a=0\nb=2\n',
  },
  { title: 'every occurrence', text: 'a=1\nb=2\na=3\n', set: { a: '9' }, is: 'a=9\nb=2\na=9\n' },
  { title: 'an earlier occurrence that differs', text: 'a=1\na=9\n', set: { a: '9' }, is: 'a=9\na=9\n' },
  {
    title: 'the value as desired: not a byte',
    text: 'a\\u0062 =  x\\\n   y\n',
    set: { ab: 'xy' },
    is: 'a\\u0062 =  x\\\n   y\n',
  },
  { title: 'a continued value becomes one line', text: 'a=1,\\\n  2\nb=2\n', set: { a: '3' }, is: 'a=3\nb=2\n' },
  { title: 'a key without a value', text: 'a\nb=2\n', set: { a: '1' }, is: 'a=1\nb=2\n' },
  { title: 'an escaped key', text: 'a\\ b\\:c 1\n', set: { 'a b:c': '2' }, is: 'a\\ b\\:c 2\n' },
  {
    title: 'a new key, separator and line end of the file',
    text: 'a = 1\r\n',
    set: { b: '2' },
    is: 'a = 1\r\nb = 2\r\n',
  },
  { title: 'a new key behind a line without an end', text: 'a=1', set: { b: '2' }, is: 'a=1\nb=2\n' },
  { title: 'a new key behind a lone backslash', text: 'a=1\\\n', set: { b: '2' }, is: 'a=1\\\n\nb=2\n' },
  { title: 'a new key in an empty file', text: '', set: { 'a b': ' c' }, is: 'a\\ b=\\ c\n' },
  { title: 'ASCII only', text: '', set: { k: 'é\u20ac' }, is: 'k=\\u00e9\\u20ac\n' },
  { title: 'a commented key is not a key', text: '#a=1\n!a=1\n', set: { a: '2' }, is: '#a=1\n!a=1\na=2\n' },
] as const

for (const { title, text, set: values, is } of cases) test(title, t => t.is(editProperties(text, set(values)), is))

test('a continued line in a Windows file, also in the key', t => {
  t.deepEqual(
    [...liveProperties('ke\\\r\n  y\\\r\n = 1\\\r\n  2\r\n# c\\\r\nb=2\r\n')],
    [
      ['key', '12'],
      ['b', '2'],
    ],
  )
  t.is(editProperties('ke\\\r\n  y = 1\r\nb=2', new Map([['key', '2']])), 'ke\\\r\n  y = 2\r\nb=2')
})

test('removes whole logical lines, and nothing else', t => {
  t.is(editProperties('# x\n  a = 1\\\n  2\nb=2\r\na=3\nc=4', new Map(), ['a']), '# x\nb=2\r\nc=4')
  t.is(editProperties('b=1\na=2', new Map(), ['a']), 'b=1\n')
})

const word = fc.string({
  unit: fc.constantFrom('a', 'b', '=', ':', ' ', '#', '!', '\\', 'u', '\t', 'é', '0'),
  maxLength: 6,
})
const rawLine = fc.string({ unit: fc.constantFrom('a', 'b', '=', ':', ' ', '#', '!', '\\', 'u', '\t'), maxLength: 8 })
const file = fc
  .array(rawLine, { maxLength: 6 })
  .chain(l => fc.constantFrom(l.join('\n'), l.join('\r\n'), `${l.join('\n')}\n`))

test('a lone backslash at the end of the file is no part of the value that comes', t => {
  t.is(editProperties('b\\', new Map([['b', ' x']])), 'b=\\ x')
})

test('any file, any value: it is read back, other keys keep theirs, and again is once', t => {
  fc.assert(
    fc.property(
      file,
      word.filter(w => w !== ''),
      word,
      (text, key, value) => {
        const before = liveProperties(text)
        const once = editProperties(text, new Map([[key, value]]))
        const after = liveProperties(once)
        t.is(after.get(key), value)
        for (const [k, v] of before) if (k !== key) t.is(after.get(k), v)
        t.is(editProperties(once, new Map([[key, value]])), once)
      },
    ),
    { numRuns: 2000 },
  )
})

test('any file: a removed key is gone and the others keep their values', t => {
  fc.assert(
    fc.property(file, text => {
      const before = liveProperties(text)
      const [key] = before.keys()
      if (key === undefined) return
      const after = liveProperties(editProperties(text, new Map(), [key]))
      t.deepEqual([...after].sort(), [...before].filter(([k]) => k !== key).sort())
    }),
    { numRuns: 2000 },
  )
})
