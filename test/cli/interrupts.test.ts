import test from 'ava'
import { onInterrupt } from '../../lib/cli/interrupts.ts'
import { BatonError } from '../../lib/errors.ts'
import { Turn } from '../../lib/report/turn.ts'
import { fakeTerminal } from './terminal.ts'

test('once, what is in flight is finished; twice, it is ended; a third time, the process ends', t => {
  const fake = fakeTerminal('/')
  let now = 1000
  const { signal, end, stop } = onInterrupt(fake.terminal, new Turn(), () => now)
  t.false(signal.aborted)
  fake.signals.emit('SIGINT')
  t.true(signal.aborted)
  t.true(signal.reason instanceof BatonError, 'it is reported where a login was waited for, and is no bug')
  now += 30
  fake.signals.emit('SIGINT')
  t.false(end.aborted, 'tsx hands the same signal on a second time')
  now += 500
  fake.signals.emit('SIGTERM')
  t.true(end.aborted)
  t.true(end.reason instanceof BatonError, 'it is no bug, so that no stack is shown')
  now += 30
  fake.signals.emit('SIGTERM')
  t.deepEqual(fake.exits, [])
  now += 500
  fake.signals.emit('SIGINT')
  t.deepEqual(fake.exits, [130])
  t.regex(fake.err(), /^Interrupted: .*\nInterrupted again: .*\n$/)
  stop()
  t.is(fake.signals.listenerCount('SIGINT') + fake.signals.listenerCount('SIGTERM'), 0)
})

test('the words are written while what moves is off the terminal', t => {
  const fake = fakeTerminal('/')
  const turn = new Turn()
  const seen: (readonly [boolean, string])[] = []
  turn.watch(taken => seen.push([taken, fake.err()]))
  const { now } = onInterrupt(fake.terminal, turn)
  now()
  t.deepEqual(seen.slice(0, 2), [
    [false, ''],
    [true, ''],
  ])
  t.regex(fake.err(), /^Interrupted: /)
})
