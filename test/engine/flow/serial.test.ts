import test from 'ava'
import fc from 'fast-check'
import type { BatchSize } from '../../../lib/dsl/batch-size.ts'
import { batches, sizeOf } from '../../../lib/engine/batches.ts'
import { playHere } from '../../helpers/play-here.ts'
import { ShConnection } from '../../helpers/sh-connection.ts'
import { notebook, notices } from './notebook.ts'

const size: fc.Arbitrary<BatchSize> = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc.integer({ min: 1, max: 100 }).map((n): BatchSize => `${n}%`),
)

test('batches hold each host once, in order, in the sizes that were asked for', t => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 60 }), fc.array(size, { maxLength: 5 }), (count, sizes) => {
      const list = Array.from({ length: count }, (_, i) => i)
      const cut = batches(list, sizes)
      t.deepEqual(cut.flat(), list)
      t.true(cut.every(batch => batch.length > 0))
      const wanted = (i: number) => {
        const one = sizes[Math.min(i, sizes.length - 1)]
        return one === undefined ? count : sizeOf(one, count)
      }
      // All but the last are full; the last has what is left.
      for (const [i, batch] of cut.entries())
        if (i < cut.length - 1) t.is(batch.length, wanted(i))
        else t.true(batch.length <= wanted(i))
    }),
  )
})

test('a percentage is of all hosts of the play, rounded down, and never nobody', t => {
  t.deepEqual(
    (['10%', '25%', '33%', '50%', '99%', '100%'] as const).map(s => sizeOf(s, 10)),
    [1, 2, 3, 5, 9, 10],
  )
  t.is(sizeOf('1%', 3), 1)
  t.deepEqual(
    batches(['a', 'b', 'c', 'd', 'e', 'f'], [1, '50%']).map(b => b.length),
    [1, 3, 2],
  )
})

const hosts = ['h1', 'h2', 'h3', 'h4', 'h5']

test('a batch begins when the one before has ended, handlers included', async t => {
  const { note, lines } = notebook(t)
  const tasks = ({ host }: { readonly host: { readonly name: string } }) => [
    note(`${host.name} task`, { notify: note(`${host.name} handler`) }),
  ]
  await playHere([['g', tasks, { serial: [1, 2] }]], { hosts })
  const batchOf = (line: string) => Math.ceil((Number(line[1]) - 1) / 2)
  const order = lines().map(batchOf)
  t.deepEqual(order, [...order].sort())
  t.is(order.length, 10)
  t.deepEqual(lines().slice(0, 2), ['h1 task', 'h1 handler'])
})

test('a batch with a failure is the last, what is left is named, and later plays do not begin', async t => {
  const { note, fail, lines } = notebook(t)
  const tasks = ({ host }: { readonly host: { readonly name: string } }) => [
    host.name === 'h3' ? fail('h3') : note(host.name),
  ]
  const played = await playHere(
    [
      ['g', tasks, { serial: 2 }],
      ['h1', [note('later')]],
    ],
    { hosts },
  )
  t.deepEqual([...lines()].sort(), ['h1', 'h2', 'h3', 'h4'])
  t.true(notices(played).some(n => /was not started on h5/.test(n)))
  t.true(notices(played).some(n => /play "play 2" was not started/.test(n)))
  t.is(played.summary.exitCode, 2)
})

test('an interrupt ends the play with the batch that is under way', async t => {
  const { note, lines } = notebook(t)
  const stop = new AbortController()
  const h1 = new ShConnection('h1', {
    lostAt: c => {
      if (c.args?.includes('h1')) stop.abort()
      return false
    },
  })
  const connections = { h1, ...Object.fromEntries(hosts.slice(1).map(n => [n, new ShConnection(n)])) }
  const played = await playHere([['g', ({ host }) => [note(host.name)], { serial: 1 }]], {
    hosts,
    connections,
    signal: stop.signal,
  })
  t.deepEqual(lines(), ['h1'])
  t.is(played.summary.exitCode, 130)
})

test('a check goes through all batches', async t => {
  const { note, lines } = notebook(t)
  const played = await playHere([['g', [note('a')], { serial: '20%' }]], { hosts, mode: 'check' })
  t.is(played.ends.length, 5)
  t.deepEqual(lines(), [])
})
