import test from 'ava'
import fc from 'fast-check'
import { liveProperties } from '../../../lib/changes/edit/properties.ts'
import { properties } from '../../../templates/write/properties.ts'

test('keys, in order', t => {
  t.is(properties({ b: 1, 'a b': ' é\n', c: undefined, d: true }), 'b=1\na\\ b=\\ \\u00e9\\n\nd=true\n')
})

test('whatever the keys and values, they are read back', t => {
  const word = fc.string({ unit: fc.constantFrom(...'ab=: #!\\u\t\n\f\ré\u20ac'), maxLength: 8 })
  fc.assert(
    fc.property(fc.dictionary(word, word, { maxKeys: 5 }), values => {
      t.deepEqual(Object.fromEntries(liveProperties(properties(values))), { ...values })
    }),
    { numRuns: 1000 },
  )
})
