import test from 'ava'
import { onInterrupt } from '../../lib/cli/interrupts.ts'
import { fakeTerminal } from './terminal.ts'

test('once, what is in flight is finished; twice, it is ended; a third time, the process ends', t => {
  const fake = fakeTerminal('/')
  let now = 1000
  const { signal, end, stop } = onInterrupt(fake.terminal, () => now)
  t.false(signal.aborted)
  fake.signals.emit('SIGINT')
  t.true(signal.aborted)
  now += 30
  fake.signals.emit('SIGINT')
  t.false(end.aborted, 'tsx hands the same signal on a second time')
  now += 500
  fake.signals.emit('SIGTERM')
  t.true(end.aborted)
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
