import { createServer, type Server } from 'node:http'
import test from 'ava'
import { http } from '../../lib/facts/http.ts'
import { listening } from '../../lib/facts/listening.ts'
import { reachable } from '../../lib/facts/reachable.ts'
import { waitFor } from '../../lib/tasks/wait-for.ts'
import { applied, planned, shells } from '../helpers/check-task.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'
import { localFacts, localRun } from '../helpers/local-run.ts'

const url = 'http://localhost:8082/router/api/v1/system/health'

test('a port of the host', async t => {
  const facts = (yes: boolean) => fakeFacts([answer(listening(8082), { listening: yes })])
  await planned(t, waitFor({ port: 8082 }), facts(false), ['wait until port 8082 listens'])
  await planned(t, waitFor({ port: 8082 }), facts(true), [])
})

test('a port of another host', async t => {
  const facts = (yes: boolean) => fakeFacts([answer(reachable({ host: 'db', port: 5432 }), { reachable: yes })])
  await planned(t, waitFor({ host: 'db', port: 5432 }), facts(false), ['wait until db:5432 can be connected to'])
  await planned(t, waitFor({ host: 'db', port: 5432 }), facts(true), [])
})

test('a URL with its status and a part of its body', async t => {
  const wait = waitFor({ url, body: 'HEALTHY' })
  const says = [`wait until ${url} answers 200`]
  await planned(t, wait, fakeFacts([answer(http(url), { status: undefined, error: 'refused' })]), says)
  await planned(t, wait, fakeFacts([answer(http(url), { status: 503, body: 'HEALTHY' })]), says)
  await planned(t, wait, fakeFacts([answer(http(url), { status: 200, body: 'starting' })]), says)
  await planned(t, wait, fakeFacts([answer(http(url), { status: 200, body: '{"state":"HEALTHY"}' })]), [])
})

test('params that do not go together', t => {
  // @ts-expect-error neither
  t.throws(() => waitFor({}), { message: /give port or url/ })
  // @ts-expect-error both
  t.throws(() => waitFor({ port: 1, url }), { message: /give port or url/ })
  t.throws(() => waitFor({ url: 'http://ann:secret@host/' }), { message: /no password/ })
  t.throws(() => waitFor({ url: 'ftp://host/' }), { message: /url/i })
  t.throws(() => waitFor({ port: 70_000 }))
})

const serve = (
  after: number,
  handler: (n: number) => { status: number; body: string },
): Promise<readonly [Server, number]> => {
  let n = 0
  const server = createServer((_, response) => {
    const { status, body } = handler(n++)
    response.writeHead(status).end(body)
  })
  return new Promise(resolve => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      if (after === 0) return resolve([server, port])
      // The port is free again now, and opened a little later.
      server.close(() => {
        setTimeout(() => server.listen(port, '127.0.0.1'), after)
        resolve([server, port])
      })
    })
  })
}

for (const shell of shells) {
  test(`waits for a port that opens later, ${shell[0]}`, async t => {
    const [server, port] = await serve(1500, () => ({ status: 200, body: '' }))
    t.is((await applied(t, waitFor({ port, timeoutSeconds: 30 }), shell)).length, 1)
    await applied(t, waitFor({ port, host: '127.0.0.1' }), shell)
    server.close()
  })

  test(`waits for a service that is not ready at first, ${shell[0]}`, async t => {
    const [server, port] = await serve(0, n =>
      n < 3
        ? { status: 503, body: 'starting' }
        : n < 4
          ? { status: 200, body: 'soon' }
          : { status: 200, body: 'a "b"\nHEALTHY' },
    )
    const task = waitFor({ url: `http://127.0.0.1:${port}/x?y=1`, body: 'b"\nHEAL', timeoutSeconds: 30 })
    t.is((await applied(t, task, shell)).length, 1)
    server.close()
  })

  test(`gives up and says what it saw last, ${shell[0]}`, async t => {
    const [server, port] = await serve(0, () => ({ status: 503, body: 'starting' }))
    const failure = async (task: ReturnType<typeof waitFor>) => {
      const [change] = await task.plan(localFacts(shell))
      const { code, stderr } = await localRun(change!.command, shell)
      t.is(code, 1)
      return stderr.toString().trim()
    }
    const slow = `http://127.0.0.1:${port}/`
    t.is(
      await failure(waitFor({ url: slow, timeoutSeconds: 1 })),
      `waited 1 s for ${slow} to answer 200: it answers 503`,
    )
    t.is(
      await failure(waitFor({ url: slow, status: 503, body: 'x', timeoutSeconds: 1 })),
      `waited 1 s for ${slow} to answer 503: it answers 503, and another body`,
    )
    t.regex(await failure(waitFor({ url: 'http://127.0.0.1:1/', timeoutSeconds: 1 })), /answer 200: .*connect/i)
    t.is(await failure(waitFor({ port: 1, timeoutSeconds: 1 })), 'waited 1 s for port 1 to listen')
    t.is(
      await failure(waitFor({ port: 1, host: '127.0.0.1', timeoutSeconds: 1 })),
      'waited 1 s for a connection to 127.0.0.1:1',
    )
    server.close()
  })
}
