import { createServer } from 'node:net'
import test from 'ava'
import { listening } from '../../lib/facts/listening.ts'
import { localRun } from '../helpers/local-run.ts'
import { output } from '../helpers/output.ts'

const kind = listening(1).kind

test('only what listens counts, on IPv4 and IPv6', t => {
  // Captured on Debian 12: port 8082 on 127.0.0.1, a connection from port 8083 (state 01), port 22 on [::].
  const text = `   0: 0100007F:1F92 00000000:0000 0A 00000000:00000000 00:00000000 00000000   101        0 25650 1 00000000b8263d67 100 0 0 10 0
   1: 0100007F:1F93 0100007F:1F92 01 00000000:00000000 00:00000000 0A 00000000   101        0 25672 1 0000000090a52804 100 0 0 10 0
   0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100
`
  t.deepEqual(kind.parse(output(text), [8082, 8083, 22]), [
    { listening: true, addresses: ['0100007F'] },
    { listening: false, addresses: [] },
    { listening: true, addresses: ['00000000000000000000000000000000'] },
  ])
})

test('a table that cannot be read is not "closed"', t => {
  t.throws(() => kind.parse(output('', { code: 1, stderr: 'grep: /proc/net/tcp: Permission denied' }), [1]), {
    message: /Permission denied/,
  })
})

for (const shell of ['dash', 'bash'])
  test(`this machine, ${shell}`, async t => {
    const server = createServer()
    const port = await new Promise<number>(resolve =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    )
    const ask = async () => kind.parse(await localRun(kind.ask([port]), [shell]), [port])
    t.deepEqual(await ask(), [{ listening: true, addresses: ['0100007F'] }])
    await new Promise(resolve => server.close(resolve))
    t.deepEqual(await ask(), [{ listening: false, addresses: [] }])
  })
