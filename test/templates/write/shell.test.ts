import { execFileSync } from 'node:child_process'
import test from 'ava'
import fc from 'fast-check'
import { shellVariables, shellWord, shellWords } from '../../../templates/write/shell.ts'

const text = fc.string({ unit: fc.constantFrom(...'ab$`\'"\\ \n\t;&|*?~#!=-(){}<>é%'), maxLength: 12 })

for (const shell of ['dash', 'bash'])
  test(`whatever the words, ${shell} gives them back`, t => {
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 40 }), words => {
        const out = execFileSync(shell, ['-c', `printf '%s\\0' ${shellWords(words)}`]).toString()
        t.deepEqual(out.split('\0').slice(0, -1), words)
      }),
      { numRuns: 40 },
    )
  })

test('plain words stay readable, others do not', t => {
  t.is(shellWord('/srv/a-b_c.d'), '/srv/a-b_c.d')
  t.is(shellWord("it's"), "'it'\\''s'")
  t.is(shellWord(''), "''")
  t.is(shellWord('a=b'), "'a=b'")
  t.throws(() => shellWord('\0'))
})

test('variables are sourced as they are', t => {
  const script = shellVariables({ A: "x y'$HOME", B: 1, C: undefined })
  t.is(execFileSync('dash', ['-c', `${script}printf %s "$A|$B|\${C-none}"`]).toString(), "x y'$HOME|1|none")
  t.throws(() => shellVariables({ 'A;reboot': 1 }), { message: /no name of a variable/ })
})
