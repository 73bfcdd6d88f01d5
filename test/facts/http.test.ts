import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { type HttpAnswer, http } from '../../lib/facts/http.ts'
import { localRun } from '../helpers/local-run.ts'
import { output } from '../helpers/output.ts'

const kind = http('http://x').kind

let server: Server
let base: string
test.before(async () => {
  server = createServer((request, response) => {
    if (request.url === '/router/api/v1/system/health?x=1') response.end('{"state":"HEALTHY"}\n\nsecond\n')
    else if (request.url === '/moved') response.writeHead(302, { location: '/' }).end()
    else if (request.url === '/binary') response.end(Buffer.from([65, 0, 66]))
    else if (request.url === '/') response.end('root')
    else response.writeHead(503).end('starting')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(server.address() as { port: number }).port}`
})
test.after.always(() => server.close())

const paths = ['/router/api/v1/system/health?x=1', '/nosuch', '/moved', '/binary', '', '?x']
const answers: HttpAnswer[] = [
  { status: 200, body: '{"state":"HEALTHY"}\n\nsecond\n' },
  { status: 503, body: 'starting' },
  { status: 302, body: '' },
  { status: 200, body: 'AB' },
  { status: 200, body: 'root' },
  { status: 503, body: 'starting' },
]

/** A PATH with what the script needs, but without curl. */
const withoutCurl = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'baton-path-'))
  for (const program of ['bash', 'timeout', 'head', 'tr', 'sed'])
    symlinkSync(`/usr/bin/${program}`, join(directory, program))
  return directory
}

for (const shell of ['dash', 'bash']) {
  test(`statuses and bodies, ${shell}`, async t => {
    const urls = paths.map(path => base + path)
    t.deepEqual(kind.parse(await localRun(kind.ask(urls), [shell]), urls), answers)
  })

  test(`without curl, ${shell}`, async t => {
    const directory = withoutCurl()
    t.teardown(() => rmSync(directory, { recursive: true }))
    const urls = paths.map(path => base + path)
    const run = await localRun(kind.ask(urls), ['env', `PATH=${directory}`, `/usr/bin/${shell}`])
    const trimmed = answers.map(({ status, body = '' }) => ({ status, body: body.replace(/\n+$/, '') }))
    t.deepEqual(kind.parse(run, urls), trimmed)
  })

  test(`nobody there: no status, and why, ${shell}`, async t => {
    const urls = ['http://127.0.0.1:1/', 'http://no-such-host.invalid/']
    const [refused, unknown] = kind.parse(await localRun(kind.ask(urls), [shell]), urls) as HttpAnswer[]
    t.is(refused?.status, undefined)
    t.regex(refused?.error ?? '', /connect/i)
    t.regex(unknown?.error ?? '', /resolve/i)
  })

  test(`nothing to ask with is an error, not "no answer", ${shell}`, async t => {
    const directory = mkdtempSync(join(tmpdir(), 'baton-path-'))
    mkdirSync(join(directory, 'empty'))
    symlinkSync('/usr/bin/tr', join(directory, 'tr'))
    t.teardown(() => rmSync(directory, { recursive: true }))
    const run = await localRun(kind.ask(['http://127.0.0.1:1/']), ['env', `PATH=${directory}`, `/usr/bin/${shell}`])
    t.throws(() => kind.parse(run, ['http://127.0.0.1:1/']), { message: /curl is not there/ })
  })
}

test('a record that is cut off is an error', t => {
  t.throws(() => kind.parse(output('half a bo'), ['http://x']), { message: /cannot ask over HTTP/ })
  t.throws(() => kind.parse(output('half a bo\0'), ['http://x']), { message: /cut off/ })
})
