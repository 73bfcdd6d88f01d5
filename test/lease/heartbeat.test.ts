import test from 'ava'
import { Heartbeat, type Time } from '../../lib/lease/heartbeat.ts'
import type { Keeping } from '../../lib/lease/renew.ts'

/** Time that passes when a test says so. */
class Clock implements Time {
  #now = 1000
  #due: { readonly at: number; readonly work: () => void }[] = []

  now(): number {
    return this.#now
  }

  after(ms: number, work: () => void): () => void {
    const entry = { at: this.#now + ms, work }
    this.#due.push(entry)
    return () => {
      this.#due = this.#due.filter(one => one !== entry)
    }
  }

  /** Everything that is due meanwhile happens at its time. */
  async pass(seconds: number): Promise<void> {
    const until = this.#now + seconds * 1000
    for (;;) {
      await new Promise(resolve => setImmediate(resolve))
      const [next] = this.#due.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)
      if (!next) break
      this.#due = this.#due.filter(one => one !== next)
      this.#now = Math.max(this.#now, next.at)
      next.work()
    }
    this.#now = until
  }

  /** As when the process is stopped: nothing happens until it wakes up. */
  sleep(seconds: number): void {
    this.#now += seconds * 1000
  }
}

const answer = (word: Keeping['word']): Keeping => ({
  word,
  counter: 1,
  left: 0,
  now: 0,
  directory: '/x',
  lease: undefined,
})

const scene = (seconds = 60) => {
  const clock = new Clock()
  const sent: number[] = []
  const overs: { readonly at: number; readonly why: Keeping | Error }[] = []
  const host = { renew: async (): Promise<Keeping> => answer('kept') }
  const heartbeat = new Heartbeat({
    seconds,
    since: clock.now(),
    time: clock,
    renew: () => {
      sent.push((clock.now() - 1000) / 1000)
      return host.renew()
    },
    over: why => overs.push({ at: (clock.now() - 1000) / 1000, why }),
  })
  const why = () => overs.map(one => [one.at, one.why instanceof Error ? one.why.message : one.why.word])
  return { clock, sent, host, heartbeat, why }
}

const cut = () => Promise.reject(new Error('cut'))

test('it beats every third of the lease', async t => {
  const { clock, sent, heartbeat, why } = scene()
  t.false(heartbeat.begun)
  await clock.pass(130)
  t.deepEqual(sent, [20, 40, 60, 80, 100, 120])
  t.deepEqual(why(), [])
  await heartbeat.stop()
  await clock.pass(200)
  t.is(sent.length, 6)
})

test('what fails is tried again, until the lease must have run out since the last good one was sent', async t => {
  const { clock, sent, host, why } = scene()
  await clock.pass(21)
  host.renew = cut
  await clock.pass(300)
  t.deepEqual(sent, [20, 40, 45, 50, 55, 60, 65, 70, 75, 80].slice(0, sent.length))
  t.true(sent.length >= 9)
  t.deepEqual(why(), [[80, 'cut']])
})

test('what comes back in time loses nothing', async t => {
  const { clock, host, why } = scene()
  host.renew = cut
  await clock.pass(58)
  host.renew = async () => answer('kept')
  await clock.pass(600)
  t.deepEqual(why(), [])
})

test('an answer that never comes: over when the lease must have run out', async t => {
  const { clock, sent, host, why } = scene()
  host.renew = () => new Promise(() => {})
  await clock.pass(600)
  t.deepEqual(sent, [20])
  t.deepEqual(why(), [[60, 'the host does not answer']])
})

test('an answer that is slow counts from when it was asked for', async t => {
  const { clock, host, why } = scene()
  host.renew = () => new Promise(resolve => clock.after(30_000, () => resolve(answer('kept'))))
  await clock.pass(51)
  host.renew = cut
  await clock.pass(300)
  // Sent at 20, answered at 50.
  t.deepEqual(why(), [[80, 'cut']])
})

test('another run has it: over at once, and once', async t => {
  const { clock, host, why } = scene()
  host.renew = async () => answer('lost')
  await clock.pass(600)
  t.deepEqual(why(), [[20, 'lost']])
})

for (const [when, before] of [
  ['before its first beat', 5],
  ['between two beats', 45],
] as const) {
  test(`asleep past the lease ${when}: the host is asked before anything is given up`, async t => {
    const { clock, why } = scene()
    await clock.pass(before)
    clock.sleep(500)
    await clock.pass(0)
    await clock.pass(100)
    t.deepEqual(why(), [])
  })

  test(`asleep past the lease ${when}: taken over meanwhile`, async t => {
    const { clock, host, why } = scene()
    await clock.pass(before)
    clock.sleep(500)
    host.renew = async () => answer('lost')
    await clock.pass(100)
    t.deepEqual(why(), [[before + 500, 'lost']])
  })

  test(`asleep past the lease ${when}: a host that does not answer is waited for a third of it, and no longer`, async t => {
    const { clock, host, why } = scene()
    await clock.pass(before)
    clock.sleep(500)
    host.renew = () => new Promise(() => {})
    await clock.pass(600)
    t.deepEqual(why(), [[before + 520, 'the host does not answer']])
  })
}

test('asleep while an answer was under way: that answer counts', async t => {
  const { clock, host, why } = scene()
  let arrive = (_: Keeping): void => {}
  host.renew = () =>
    new Promise(resolve => {
      arrive = resolve
    })
  await clock.pass(21)
  clock.sleep(500)
  host.renew = async () => answer('kept')
  // Timers come first, whatever has arrived.
  await clock.pass(1)
  arrive(answer('kept'))
  await clock.pass(200)
  t.deepEqual(why(), [])
})

test('stopped with an answer under way: it is waited for, and ignored', async t => {
  const { clock, host, heartbeat, why } = scene()
  let arrive = (_: Keeping): void => {}
  host.renew = () =>
    new Promise(resolve => {
      arrive = resolve
    })
  await clock.pass(21)
  let ended = false
  const stopping = heartbeat.stop().then(() => {
    ended = true
  })
  await clock.pass(1)
  t.false(ended)
  arrive(answer('lost'))
  await stopping
  t.deepEqual(why(), [])
})
