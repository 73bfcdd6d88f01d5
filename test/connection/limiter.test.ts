import test from 'ava'
import { Limiter } from '../../lib/connection/limiter.ts'
import { Turns } from '../../lib/connection/turns.ts'

const tick = (): Promise<void> => new Promise(resolve => setImmediate(resolve))

test('at most so many at once for a name, and a failure gives its place back', async t => {
  const limiter = new Limiter(3)
  let now = 0
  let most = 0
  const work = async (fails: boolean): Promise<void> => {
    most = Math.max(most, ++now)
    await tick()
    now--
    if (fails) throw new Error('no')
  }
  const all = Array.from({ length: 20 }, (_, i) => limiter.run('bastion', () => work(i % 2 === 0)))
  const results = await Promise.allSettled(all)
  t.is(most, 3)
  t.is(results.filter(({ status }) => status === 'rejected').length, 10)
  await Promise.all(['a', 'b', 'c', 'd'].map(name => limiter.run(name, () => work(false))))
  t.is(most, 4, 'names do not wait for each other')
})

test('turns are taken in order, and a failure does not end the queue', async t => {
  const turns = new Turns()
  const seen: number[] = []
  const take = (n: number, fails = false): Promise<void> =>
    turns.take('root', async () => {
      await tick()
      seen.push(n)
      if (fails) throw new Error('no')
    })
  await Promise.allSettled([take(1), take(2, true), take(3)])
  t.deepEqual(seen, [1, 2, 3])
  t.false(turns.taken('root'))
})
