import test from 'ava'
import { clock } from '../../lib/facts/clock.ts'
import { localFacts } from '../helpers/local-run.ts'
import { output } from '../helpers/output.ts'

const answerOf = (text: string) => clock.kind.parse(output(text), [null])[0] as Awaited<ReturnType<typeof measured>>
const measured = () => localFacts(['sh']).get(clock)

test('a host an hour ahead', t => {
  const now = Date.now()
  const { offsetMs, uncertaintyMs, at } = answerOf(`${now} ${Math.floor(now / 1000) + 3600}.000000000\n`)
  t.true(Math.abs(offsetMs - 3_600_000) <= 1000 + uncertaintyMs)
  t.true(at >= now)
})

test('whole seconds only, as of busybox, are less certain', t => {
  const { uncertaintyMs } = answerOf(`${Date.now()} ${Math.floor(Date.now() / 1000)}.%N\n`)
  t.true(uncertaintyMs >= 500)
})

test('a long way to the host makes it uncertain, not wrong', t => {
  const asked = Date.now() - 10_000
  const { offsetMs, uncertaintyMs } = answerOf(`${asked} ${Math.floor((asked + 9000) / 1000)}.500000000\n`)
  t.true(uncertaintyMs >= 5000)
  t.true(Math.abs(offsetMs) <= uncertaintyMs)
})

test('no time is an error', t => {
  t.throws(() => answerOf('1 yesterday\n'), { message: /date printed/ })
})

for (const shell of ['dash', 'bash'])
  test(`this machine agrees with itself, ${shell}`, async t => {
    const { offsetMs, uncertaintyMs } = await localFacts([shell]).get(clock)
    t.true(Math.abs(offsetMs) <= uncertaintyMs + 1)
  })
