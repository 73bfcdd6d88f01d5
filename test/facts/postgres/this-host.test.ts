import test from 'ava'
import { FactError } from '../../../lib/errors.ts'
import { thisHost } from '../../../lib/facts/postgres/this-host.ts'
import { localRun } from '../../helpers/local-run.ts'

const { kind } = thisHost('localhost')
const output = (stdout: string) => ({
  code: 0,
  stdout: Buffer.from(stdout),
  stderr: Buffer.alloc(0),
  droppedBytes: 0,
  durationMs: 0,
})

for (const shell of ['dash', 'bash'])
  test(`loopback leads here, an address of the documentation and a name that is none do not (${shell})`, async t => {
    const names = ['127.0.0.1', '::1', 'localhost', '192.0.2.7', 'no-such-host.invalid']
    const answers = kind.parse(await localRun(kind.ask(names), [shell]), names)
    t.deepEqual(
      answers.map(a => a.isThisHost),
      [true, true, true, false, false],
    )
  })

test('an own address leads here; of several all must', t => {
  const [one, several] = kind.parse(output('198.51.100.2 | 198.51.100.2\n198.51.100.2 | 198.51.100.2 198.51.100.9\n'), [
    'a',
    'b',
  ])
  t.true(one?.isThisHost)
  t.deepEqual(several, { isThisHost: false, addresses: ['198.51.100.2', '198.51.100.9'] })
})

test('what is no address is an error', t => {
  t.throws(() => kind.parse(output('nonsense | 127.0.0.1\n'), ['a']), { instanceOf: FactError })
})
