import { createServer } from 'node:net'
import test from 'ava'
import { reachable } from '../../lib/facts/reachable.ts'
import { localRun } from '../helpers/local-run.ts'
import { output } from '../helpers/output.ts'

const kind = reachable({ host: 'x', port: 1 }).kind

for (const shell of ['dash', 'bash'])
  test(`an open port, a closed one, a name that is none, ${shell}`, async t => {
    const server = createServer(socket => socket.end())
    const port = await new Promise<number>(resolve =>
      server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port)),
    )
    const endpoints = [
      { host: '127.0.0.1', port },
      { host: '127.0.0.1', port: 1 },
      { host: 'no-such-host.invalid', port },
    ]
    t.deepEqual(
      kind.parse(await localRun(kind.ask(endpoints), [shell]), endpoints),
      [true, false, false].map(yes => ({ reachable: yes })),
    )
    server.close()
  })

test('nothing to connect with is an error, not "unreachable"', t => {
  t.throws(
    () => kind.parse(output('', { code: 69, stderr: 'neither bash nor nc is there' }), [{ host: 'x', port: 1 }]),
    {
      message: /neither bash nor nc/,
    },
  )
})
