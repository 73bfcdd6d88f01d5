import { createHash } from 'node:crypto'
import test from 'ava'
import fc from 'fast-check'
import { digester } from '../../lib/plan/digest.ts'
import { anew, withoutAnew } from '../../lib/secret/anew.ts'
import { Secret } from '../../lib/secret.ts'

const digest = digester('salt', undefined)

test('equal values have equal digests, whatever the order of their keys; others have not', t => {
  t.is(digest({ a: 1, b: [2, undefined] }), digest({ b: [2, undefined], a: 1, c: undefined }))
  const values = [1, '1', [1], { a: 1 }, null, undefined, true, Buffer.from('1'), new Secret('111111'), '111111', 1n]
  t.is(new Set(values.map(value => digest(value))).size, values.length)
  fc.assert(
    fc.property(
      fc.jsonValue(),
      fc.jsonValue(),
      (a, b) => (JSON.stringify(a) === JSON.stringify(b)) <= (digest(a) === digest(b)),
    ),
  )
})

test('another salt, or a key, is another digest', t => {
  t.is(new Set([digest('x'), digester('other', undefined)('x'), digester('salt', 'key')('x')]).size, 3)
})

test('what each process makes anew is known by its name: as text, in bytes, in what is made of it, in its digest', t => {
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
  const run = (value: string) => {
    const password = anew(value, 'the password')
    const made = anew(`verifier ${value}`, `a verifier of ${password.reveal()}`)
    const content = Secret.document(`x:${password.reveal()}\n`)
    return [
      digest(password),
      digest(made),
      digest(Buffer.from(content.reveal())),
      digest({ content, sha256: sha256(content.reveal()) }, content),
    ]
  }
  t.deepEqual(run('q8Zr2mV0xK1s'), run('7hTg5bN3wL9p'))
  t.is(withoutAnew('a 7hTg5bN3wL9p'), 'a <the password>')
  t.not(digest('q8Zr2mV0xK1t'), digest('q8Zr2mV0xK1s'))
})
