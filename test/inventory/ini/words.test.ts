import test from 'ava'
import { splitWords } from '../../../lib/inventory/ini/words.ts'

// As Python's shlex.split(line, comments=True) says.
const lines: readonly (readonly [string, readonly string[]])[] = [
  ['a b\tc', ['a', 'b', 'c']],
  ['a=b#c d', ['a=b']],
  ['# only', []],
  [`a='x # y' b="c d"`, ['a=x # y', 'b=c d']],
  [`a='"1"' b="'1'"`, ['a="1"', "b='1'"]],
  ['a=x\\ y b=\'\\n\' c="\\n\\"\\\\"', ['a=x y', 'b=\\n', 'c=\\n"\\']],
  ["a='' ''", ['a=', '']],
]

for (const [line, words] of lines)
  test(`words of ${line}`, t => {
    const found = splitWords(line)
    t.deepEqual('wrong' in found ? found : found.map(({ text }) => text), words)
  })

test('each character knows its column', t => {
  t.deepEqual(splitWords(`h v='a b'`), [
    { text: 'h', columns: [1], column: 1 },
    { text: 'v=a b', columns: [3, 4, 6, 7, 8], column: 3 },
  ])
})

test('an open quote, and a backslash with nothing behind it', t => {
  t.deepEqual(splitWords('a "b'), { wrong: 'the quote " is not closed', column: 3 })
  t.deepEqual(splitWords('a b\\'), { wrong: 'nothing follows the backslash', column: 4 })
})
