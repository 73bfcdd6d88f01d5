import test from 'ava'
import fc from 'fast-check'
import { type Mark, MarkReader } from '../../lib/connection/marks.ts'

const nonce = 'baton-0123456789abcdef'

const readAll = (chunks: readonly Buffer[]) => {
  const marks: Mark[] = []
  const data: Buffer[] = []
  const noise: Buffer[] = []
  const reader = new MarkReader(nonce, {
    mark: mark => marks.push(mark),
    data: chunk => data.push(chunk),
    noise: chunk => noise.push(chunk),
  })
  for (const chunk of chunks) reader.read(chunk)
  return { marks, data: Buffer.concat(data), noise: Buffer.concat(noise) }
}

const cut = (bytes: Buffer, at: readonly number[]): Buffer[] => {
  const places = [0, ...at.map(n => n % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]
  return places.slice(1).map((end, i) => bytes.subarray(places[i], end))
}

test('bytes between the marks are exact, wherever the chunks are cut', t => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 50 }).map(bytes => Buffer.from(bytes)),
    fc
      .constantFrom('baton-', 'baton-0123', `${nonce} `, `${nonce}\n`, `${nonce} x 0 0\n`, 'b')
      .map(s => Buffer.from(s)),
  )
  fc.assert(
    fc.property(
      fc.array(piece),
      fc.array(piece, { maxLength: 3 }),
      fc.array(fc.nat(), { maxLength: 20 }),
      (inside, outside, cuts) => {
        const body = Buffer.concat(inside)
        const motd = Buffer.concat(outside)
        const bytes = Buffer.concat([motd, Buffer.from(`${nonce} b 0 77\n`), body, Buffer.from(`${nonce} e 0 3\n`)])
        const { marks, data, noise } = readAll(cut(bytes, cuts))
        t.deepEqual(marks, [
          { kind: 'begin', index: 0, value: 77 },
          { kind: 'end', index: 0, value: 3 },
        ])
        t.deepEqual(data, body)
        t.deepEqual(noise, motd)
      },
    ),
    { numRuns: 500 },
  )
})

test('what cannot be the start of a mark is handed on at once', t => {
  const data: string[] = []
  const reader = new MarkReader(nonce, { mark: () => {}, data: chunk => data.push(chunk.toString()), noise: () => {} })
  reader.read(Buffer.from(`${nonce} b 0 1\nhello`))
  t.deepEqual(data, ['hello'])
  reader.read(Buffer.from(' bat'))
  t.deepEqual(data, ['hello', ' '])
  reader.read(Buffer.from('man'))
  t.deepEqual(data, ['hello', ' ', 'batman'])
})
