import test from 'ava'
import fc from 'fast-check'
import { parse } from 'yaml'
import { type Yaml, yaml } from '../../../templates/write/yaml.ts'

test('what a reader of YAML 1.1 would misread is quoted', t => {
  t.is(
    yaml({ a: 'yes', b: '0777', c: '1:30', d: true, e: undefined, f: [1, 'x: y'] }),
    'a: "yes"\nb: "0777"\nc: "1:30"\nd: true\nf:\n  - 1\n  - "x: y"\n',
  )
})

test('long strings are not folded, and what is there twice is written twice', t => {
  const same = { a: 'x '.repeat(100) }
  t.notRegex(yaml({ one: same, two: same }), /[&*>]|\n {4}/)
})

test('whatever the value, both versions read it back', t => {
  const text = fc.string({ unit: fc.constantFrom(...'ab0:-#&*!|>\'"%@`{}[],? \n\té~.yn') })
  const { value } = fc.letrec<{ value: Yaml }>(tie => ({
    value: fc.oneof(
      { maxDepth: 3 },
      text,
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('value')),
      fc.dictionary(text, tie('value')),
    ),
  }))
  fc.assert(
    fc.property(value, given => {
      for (const version of ['1.1', '1.2'] as const) t.deepEqual(parse(yaml(given), { version }), plain(given))
    }),
  )
})

const plain = (value: Yaml): unknown => JSON.parse(JSON.stringify(value))
