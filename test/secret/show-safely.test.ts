import test from 'ava'
import { Secret, showSafely } from '../../lib/secret.ts'

const value = 'cut-in-two-"é"-value'
new Secret(value)

test('masked first, cut then: no part of a secret is left at the end', t => {
  for (let limit = 4; limit < 60; limit++) {
    for (const given of [`password is ${value}, it says`, { password: value, more: ['and', value] }]) {
      const text = showSafely(given, limit)
      t.true(text.length <= limit)
      t.false(text.includes('cut'), text)
    }
  }
})

test('short texts are shown as they are, other values as JSON', t => {
  t.is(showSafely('short', 5), 'short')
  t.is(showSafely('longer', 5), 'lo...')
  t.is(showSafely({ a: 1, b: 2n, c: undefined }, 100), '{"a":1,"b":"2"}')
  t.is(showSafely(undefined, 100), 'nothing')
})

test('bytes do not show, in no base', t => {
  const bytes = Buffer.from(value)
  t.is(
    showSafely({ bytes, array: new Uint8Array(bytes) }, 500),
    `{"bytes":"${bytes.length} bytes","array":"${bytes.length} bytes"}`,
  )
})
