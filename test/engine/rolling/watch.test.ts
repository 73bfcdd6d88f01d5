import test from 'ava'
import type { Clock } from '../../../lib/engine/rolling/clock.ts'
import type { Ask } from '../../../lib/engine/rolling/round.ts'
import { gate, healthy, soak } from '../../../lib/engine/rolling/watch.ts'
import { ConnectionError } from '../../../lib/errors.ts'

/** Time that passes only by sleeping and asking. */
const fakeClock = (): Clock & { at: number } => ({
  at: 0,
  now() {
    return this.at
  },
  async sleep(ms, signal) {
    if (!signal.aborted) this.at += ms
  },
})

interface Script {
  /** The node's health at each second: `+` healthy, `-` not, `R` healthy and newly started, `X` unreachable. The last goes on. */
  readonly health: string
  readonly askMs?: number
}

const scene = ({ health, askMs = 0 }: Script, signal = new AbortController().signal) => {
  const clock = fakeClock()
  let asked = 0
  const at = (ms: number) => health[Math.min(health.length - 1, Math.floor(ms / 1000))]!
  const ask: Ask = async untilMs => {
    asked++
    const startedMs = clock.at
    const seen = at(startedMs)
    clock.at = Math.min(untilMs, clock.at + askMs)
    const second = Math.min(health.length - 1, Math.floor(startedMs / 1000))
    return {
      startedMs,
      endedMs: clock.at,
      no: seen === '-' ? `answers 503 at ${Math.floor(startedMs / 1000)} s` : seen === 'X' ? 'gone' : undefined,
      marks: [health.slice(0, second + 1).split('R').length],
      unreachable: seen === 'X' ? new ConnectionError('n1', 'lost', 'the connection was lost') : undefined,
    }
  }
  return { ask, clock, signal, asked: () => asked }
}

const times = { holdsSeconds: 3, withinSeconds: 10, everySeconds: 1 }

test('a gate holds once every check was well for all of its time', async t => {
  const s = scene({ health: '--+' })
  t.deepEqual(await gate(times, s), { state: 'held' })
  t.is(s.clock.at, 5000)
})

test('one no starts the time again', async t => {
  const s = scene({ health: '++-+' })
  t.deepEqual(await gate(times, s), { state: 'held' })
  t.is(s.clock.at, 6000)
})

test('who only looks well for a while has failed in the end, with the last reason and the count', async t => {
  const watched = await gate(times, scene({ health: '++-++-++-++-' }))
  t.is(watched.state, 'failed')
  if (watched.state !== 'failed') return
  t.regex(watched.reason, /not healthy for 3 s within 10 s/)
  t.regex(watched.reason, /3 times/)
  t.regex(watched.reason, /last: answers 503 at 8 s/)
})

test('who begins to hold too late has failed: the end is the end', async t => {
  const watched = await gate(times, scene({ health: '--------+' }))
  t.like(watched, { state: 'failed', reason: 'not healthy for 3 s within 10 s: answers 503 at 7 s' })
})

test('a node that fell over and came back between two looks has not held', async t => {
  const s = scene({ health: '++R+' })
  t.deepEqual(await gate(times, s), { state: 'held' })
  t.is(s.clock.at, 5000) // three seconds from the restart
})

test('one yes is enough where nothing need hold', async t => {
  const s = scene({ health: '+' })
  t.deepEqual(await gate({ ...times, holdsSeconds: 0 }, s), { state: 'held' })
  t.is(s.asked(), 1)
})

test('slow answers do not count as time that it held', async t => {
  // Each look takes 2 s: what lies between the first answer and the last question is seen, and nothing else.
  const s = scene({ health: '+', askMs: 2000 })
  t.deepEqual(await gate(times, s), { state: 'held' })
  t.true(s.clock.at >= 2000 + 3000)
})

test('an answer that comes behind the end is none', async t => {
  const watched = await gate({ ...times, withinSeconds: 4 }, scene({ health: '+', askMs: 3000 }))
  t.is(watched.state, 'failed')
})

test('a node that cannot be reached fails at once', async t => {
  const s = scene({ health: '+X' })
  t.like(await gate(times, s), { state: 'unreachable', reason: 'the connection was lost' })
  t.is(s.clock.at, 1000)
})

test('an interrupt ends the waiting, and proves nothing', async t => {
  const controller = new AbortController()
  controller.abort()
  t.deepEqual(await gate(times, scene({ health: '+' }, controller.signal)), { state: 'interrupted' })
  t.deepEqual(await soak(5, times, scene({ health: '+' }, controller.signal)), { state: 'interrupted' })
})

test('one lost answer is asked again, three in a row are a no', async t => {
  t.is((await healthy(times, scene({ health: '-+' }))).no, undefined)
  t.is((await healthy(times, scene({ health: '---+' }))).no, 'answers 503 at 2 s')
})

test('a soak lasts its time, and bears one lost answer', async t => {
  const s = scene({ health: '++-+' })
  t.deepEqual(await soak(5, times, s), { state: 'held' })
  t.is(s.clock.at, 5000)
})

test('a soak in which the node stays away fails', async t => {
  t.like(await soak(5, times, scene({ health: '++-' })), {
    state: 'failed',
    reason: 'back in rotation, and then: answers 503 at 4 s',
  })
})

test('a soak in which the node came back by itself fails: it fell over', async t => {
  t.like(await soak(5, times, scene({ health: '++R+' })), {
    state: 'failed',
    reason: 'back in rotation, and then: it fell over and came back between two looks',
  })
})

test('a last look that was cut off does not hide what the looks before it said', async t => {
  const s = scene({ health: '-' })
  let looks = 0
  const ask: Ask = async untilMs => {
    const round = await s.ask(untilMs)
    return ++looks > 5 ? { ...round, no: 'no answer in time', late: true } : round
  }
  t.like(await gate(times, { ...s, ask }), {
    state: 'failed',
    reason: 'not healthy for 3 s within 10 s: answers 503 at 4 s',
  })
})
