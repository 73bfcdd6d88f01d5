import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'ava'
import type { Problem } from '../../../lib/errors.ts'
import { parseLiteral } from '../../../lib/inventory/ini/literal.ts'
import { plain } from '../../../lib/inventory/traced.ts'

const at = (offset: number) => ({ file: 'x', line: 1, column: offset + 1 })

const read = (text: string) => {
  const problems: Problem[] = []
  return { value: parseLiteral(text, at, problems), problems }
}

// literals.py wrote down what Python's ast.literal_eval makes of each line of literals.txt.
const rows = JSON.parse(readFileSync(join(import.meta.dirname, 'literals.json'), 'utf8')) as [string, string, unknown][]

test('there are literals to look at', t => {
  t.true(rows.length > 90)
})

for (const [text, kind, expected] of rows)
  test(`as Python reads it: ${text || '(nothing)'}`, t => {
    const { value, problems } = read(text)
    t.is(problems.length, kind === 'wrong' ? 1 : 0)
    if (kind !== 'wrong') t.deepEqual(plain(value), kind === 'text' ? text : expected)
  })

test('each part knows its place', t => {
  const { value } = read("{'a': [1, 'b']}")
  t.like(value, { kind: 'map', at: { column: 1 } })
  const list = value.kind === 'map' ? value.entries.get('a')?.value : undefined
  t.like(list, { kind: 'list', at: { column: 7 } })
  t.like(list?.kind === 'list' ? list.items[1] : undefined, { at: { column: 11 } })
})

test('what Python holds and JSON does not is said, with its place', t => {
  const { problems } = read('[1, {2}]')
  t.deepEqual(problems, [
    {
      message: 'the value is a set, as Python reads it; that cannot be held here',
      at: at(4),
      hint: 'Put it in quotes within quotes to make it text: name=\'"VALUE"\'.',
    },
  ])
})

test('the name of a character is said, not guessed', t => {
  t.is(read("'\\N{BULLET}'").problems.length, 1)
})

test('brackets without end are text, however many', t => {
  const text = '['.repeat(100_000)
  t.is(plain(read(text).value), text)
})
