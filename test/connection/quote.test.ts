import { spawnSync } from 'node:child_process'
import test from 'ava'
import fc from 'fast-check'
import { quote, quoteBytes, UnquotableError } from '../../lib/connection/quote.ts'

const shells = ['dash', 'bash'].filter(shell => spawnSync(shell, ['-c', ':']).status === 0)

/** What the shell reads back, each value between NULs. The text comes over stdin, as it does on a host. */
const readBack = (shell: string, text: string): Buffer => spawnSync(shell, { input: text, maxBuffer: 1e8 }).stdout

const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({ unit: fc.constantFrom(...'\'"\\$`!*?~#&;|<>(){}[]= \t\n\r-%\u0001\u007f\u0081ä€𝄞'), maxLength: 30 }),
)

for (const shell of shells) {
  test(`${shell} reads back whatever was quoted`, t => {
    fc.assert(
      fc.property(
        fc.array(
          nasty.filter(s => !s.includes('\0') && !/\p{Surrogate}/u.test(s)),
          { maxLength: 40 },
        ),
        values => {
          const text = values.map(value => `printf '%s\\0' ${quote(value)}\n`).join('')
          t.is(readBack(shell, text).toString(), values.map(value => `${value}\0`).join(''))
        },
      ),
      { numRuns: 60 },
    )
  })

  test(`${shell} makes every byte value from printf %b`, t => {
    const all = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
    t.deepEqual(readBack(shell, `printf %b ${quoteBytes(all)}`), all)
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), bytes => {
        t.deepEqual(readBack(shell, `printf %b ${quoteBytes(bytes)}`), Buffer.from(bytes))
      }),
      { numRuns: 60 },
    )
  })
}

test('NUL and half characters are refused', t => {
  t.throws(() => quote('a\0b'), { instanceOf: UnquotableError })
  t.throws(() => quote('\ud800'), { instanceOf: UnquotableError })
})
