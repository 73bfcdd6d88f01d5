import { execFileSync, spawn } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import test, { type ExecutionContext } from 'ava'
import { sh } from '../../lib/command.ts'
import { type ConnectOptions, connect } from '../../lib/connection/connect.ts'
import type { Connection } from '../../lib/connection/connection.ts'
import { Keyring } from '../../lib/connection/keyring.ts'
import { connectSocket } from '../../lib/connection/login.ts'
import { ConnectionError, type ConnectionFailure, DeadlineError, UsageError } from '../../lib/errors.ts'
import type { Host } from '../../lib/inventory/host.ts'
import { startProxy } from './proxy.ts'
import { freePort, makeKey, noSshd, type Sshd, startSshd } from './sshd.ts'

const run = noSshd ? test.skip : test

const shared: { sshd?: Sshd } = {}
const server = (): Sshd => {
  if (!shared.sshd) throw new Error('no sshd')
  return shared.sshd
}

test.before(async () => {
  if (!noSshd) shared.sshd = await startSshd({ keys: ['rsa', 'ed25519', 'ecdsa'] })
})
test.after.always(() => shared.sshd?.stop())

const folder = (t: ExecutionContext): string => {
  const dir = mkdtempSync(join(tmpdir(), 'baton-connect-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const open = async (t: ExecutionContext, host: Host, options?: ConnectOptions): Promise<Connection> => {
  const connection = await connect(host, options)
  t.teardown(() => connection.close())
  return connection
}

const refused = async (
  t: ExecutionContext,
  work: Promise<unknown>,
  reason: ConnectionFailure,
  message: RegExp,
): Promise<ConnectionError> => {
  const error = await t.throwsAsync(work, { instanceOf: ConnectionError, message })
  t.is((error as ConnectionError).reason, reason)
  t.is((error as ConnectionError).host, 'node1')
  return error as ConnectionError
}

const echo = { script: sh`echo here` }

run('the first batch is one round trip, and so is the next', async t => {
  const connection = await open(t, server().host())
  t.is(connection.roundTrips, 0)
  const outputs = await connection.batch([
    { script: sh`printf '\\377\\0x'; echo err >&2; exit 5` },
    { script: sh`cat; printf '%s' "$1"`, args: ["it's"], stdin: Buffer.from([0, 255, 10]) },
  ])
  t.deepEqual(outputs[0]?.stdout, Buffer.from([255, 0, 120]))
  t.is(outputs[0]?.stderr.toString(), 'err\n')
  t.is(outputs[0]?.code, 5)
  t.deepEqual(outputs[1]?.stdout, Buffer.from("\0\xff\nit's", 'latin1'))
  t.is(connection.roundTrips, 1)
  await connection.batch([echo])
  t.is(connection.roundTrips, 2)
})

run('large content goes up and comes back whole', async t => {
  const connection = await open(t, server().host())
  const piece = Buffer.from(Array.from({ length: 65536 }, (_, i) => (i * 31) % 256))
  const bytes = 40 * 1024 * 1024
  const source = {
    bytes,
    open: () =>
      Readable.from(
        (function* () {
          for (let i = 0; i < bytes / piece.length; i++) yield piece
        })(),
      ),
  }
  const [sum, back] = await connection.batch([
    { script: sh`cksum`, stdin: source },
    { script: sh`cat`, stdin: source, keepBytes: 100 },
  ])
  const expected = execFileSync('cksum', { input: Buffer.concat(Array(bytes / piece.length).fill(piece)) })
  t.deepEqual(sum?.stdout, expected)
  t.is(back?.droppedBytes, bytes - 100)
  t.is(connection.roundTrips, 4)
})

run('noise of the host belongs to no command', async t => {
  const dir = folder(t)
  writeFileSync(join(dir, '.bashrc'), 'echo rc noise; echo rc noise >&2\n')
  writeFileSync(join(dir, 'banner'), 'Authorized access only\n')
  const sshd = await startSshd({ lines: [`SetEnv HOME=${dir}`, `Banner ${dir}/banner`, 'PrintMotd yes'] })
  t.teardown(sshd.stop)
  const connection = await open(t, sshd.host())
  t.is(connection.noise, undefined)
  const [output] = await connection.batch([{ script: sh`printf x; printf y >&2; printf z "$HOME"` }])
  t.is(output?.stdout.toString(), 'xz')
  t.is(output?.stderr.toString(), 'y')
  // What comes on stderr, and the banner, harms nobody.
  t.is(connection.noise, 'rc noise')
})

run('past its deadline a command is ended on the host', async t => {
  const dir = folder(t)
  const connection = await open(t, server().host())
  await t.throwsAsync(
    connection.batch([
      { script: sh`trap 'rm "$1/tmp"; exit 1' TERM; : >"$1/tmp"; sleep 1000`, args: [dir], timeoutMs: 300 },
    ]),
    { instanceOf: DeadlineError },
  )
  t.deepEqual(readdirSync(dir), [])
  t.is((await connection.batch([echo]))[0]?.stdout.toString(), 'here\n')
})

run('where only one session is allowed, everything still works', async t => {
  const sshd = await startSshd({ lines: ['MaxSessions 1'] })
  t.teardown(sshd.stop)
  const dir = folder(t)
  const connection = await open(t, sshd.host())
  const big = Buffer.alloc(1_000_000, 'x')
  t.is((await connection.batch([{ script: sh`wc -c`, stdin: big }]))[0]?.stdout.toString(), '1000000\n')
  t.is((await connection.batch([{ script: sh`id -un` }], { as: 'nobody' }))[0]?.stdout.toString(), 'nobody\n')
  t.is((await connection.batch([echo]))[0]?.stdout.toString(), 'here\n')
  await t.throwsAsync(
    connection.batch([
      { script: sh`trap 'rm "$1/tmp"; exit 1' TERM; : >"$1/tmp"; sleep 1000`, args: [dir], timeoutMs: 300 },
    ]),
    { instanceOf: DeadlineError },
  )
  t.deepEqual(readdirSync(dir), [])
  t.is((await connection.batch([echo]))[0]?.stdout.toString(), 'here\n')
})

run('a host that falls silent is noticed, and what ran is unknown', async t => {
  const proxy = await startProxy(server().port)
  t.teardown(proxy.close)
  const host = server().host({
    port: proxy.port,
    hostKeyPolicy: 'accept-new',
    knownHostsFile: join(folder(t), 'known'),
  })
  const connection = await open(t, host, { keepalive: { intervalMs: 100, count: 2 } })
  await connection.batch([echo])
  proxy.freeze()
  await refused(t, connection.batch([echo]), 'lost', /lost|does not answer/)
  await refused(t, connection.batch([echo]), 'lost', /does not answer/)
})

run('a host that speaks nonsense, and then leaves the connection open, is not waited for', async t => {
  const proxy = await startProxy(server().port)
  t.teardown(proxy.close)
  const host = server().host({
    port: proxy.port,
    hostKeyPolicy: 'accept-new',
    knownHostsFile: join(folder(t), 'known'),
  })
  const connection = await open(t, host, { keepalive: { intervalMs: 100, count: 2 } })
  const working = connection.batch([{ script: sh`sleep 30` }], { onEnd: () => t.fail('it ended') })
  await connection.batch([echo], { channel: 'lease' })
  proxy.garble()
  await refused(t, working, 'lost', /lost/)
})

run('a connection cut while content is on its way leaves the old file, and is not tried again', async t => {
  const dir = folder(t)
  writeFileSync(join(dir, 'file'), 'old')
  const proxy = await startProxy(server().port)
  t.teardown(proxy.close)
  const host = server().host({ port: proxy.port, hostKeyPolicy: 'accept-new', knownHostsFile: join(dir, 'known') })
  const connection = await open(t, host)
  await connection.batch([echo])
  const source = Readable.from(
    (async function* () {
      for (let i = 0; i < 100; i++) {
        if (i === 50) proxy.cut()
        yield Buffer.alloc(100_000)
        await new Promise(resolve => setImmediate(resolve))
      }
    })(),
  )
  await refused(
    t,
    connection.batch([
      {
        script: sh`
          echo run >>"$1/runs"
          trap 'rm -f "$1/tmp"; echo ended >>"$1/runs"' EXIT
          trap 'exit 1' HUP INT TERM
          cat >"$1/tmp" && mv "$1/tmp" "$1/file"`,
        args: [dir],
        stdin: { bytes: 10_000_000, open: () => source },
      },
    ]),
    'lost',
    /lost/,
  )
  while (!readFileSync(join(dir, 'runs'), 'utf8').includes('ended'))
    await new Promise(resolve => setTimeout(resolve, 20))
  t.is(readFileSync(join(dir, 'file'), 'utf8'), 'old')
  t.is(readFileSync(join(dir, 'runs'), 'utf8'), 'run\nended\n')
  t.false(existsSync(join(dir, 'tmp')))
  t.is(proxy.count(), 1)
})

run('an unknown key is refused, with the way out', async t => {
  const file = join(folder(t), 'known')
  const error = await refused(t, connect(server().host({ knownHostsFile: file })), 'host-key-unknown', /SHA256:/)
  const line = error.hint?.split('\n').find(text => text.startsWith('[127.0.0.1]:')) ?? ''
  writeFileSync(file, `${line}\n`)
  await open(t, server().host({ knownHostsFile: file }))
  t.pass()
})

run('the hint says when only an authority is named', async t => {
  const file = join(folder(t), 'known')
  writeFileSync(file, `@cert-authority * ${server().knownHosts.split('\n')[0]?.split(' ').slice(1).join(' ')}\n`)
  const error = await refused(t, connect(server().host({ knownHostsFile: file })), 'host-key-unknown', /not known/)
  t.regex(error.hint ?? '', /certificates cannot be checked/)
})

run('a changed key is refused, and the line is named', async t => {
  const dir = folder(t)
  makeKey(join(dir, 'other'), 'ed25519')
  const file = join(dir, 'known')
  const other = readFileSync(join(dir, 'other.pub'), 'utf8')
  writeFileSync(file, `# a comment\n[127.0.0.1]:${server().port} ${other}`)
  for (const hostKeyPolicy of ['strict', 'accept-new'] as const) {
    const work = connect(server().host({ knownHostsFile: file, hostKeyPolicy }))
    const error = await refused(t, work, 'host-key-changed', new RegExp(`${file}:2`))
    t.regex(error.hint ?? '', /ssh-keygen -f .* -R '\[127/)
  }
  t.is(readFileSync(file, 'utf8').split('\n').length, 3)
})

run('a revoked key is refused', async t => {
  const file = join(folder(t), 'known')
  const revoked = server().knownHosts.replaceAll('[127', '@revoked [127')
  writeFileSync(file, `${server().knownHosts}${revoked}`)
  await refused(t, connect(server().host({ knownHostsFile: file })), 'host-key-revoked', /revoked/)
})

run('accept-new stores an unknown key once, on a line of its own', async t => {
  const file = join(folder(t), 'known')
  writeFileSync(file, '# no newline at the end')
  const host = server().host({ knownHostsFile: file, hostKeyPolicy: 'accept-new' })
  await open(t, host)
  const lines = readFileSync(file, 'utf8').split('\n')
  t.is(lines.length, 3)
  t.true(server().knownHosts.includes(lines[1] ?? '-'))
  await open(t, host)
  t.is(readFileSync(file, 'utf8').split('\n').length, 3)
})

for (const type of ['ssh-rsa', 'ecdsa-sha2-nistp256', 'ssh-ed25519'])
  run(`of a host with several keys, the known ${type} one is asked for`, async t => {
    const file = join(folder(t), 'known')
    writeFileSync(
      file,
      server()
        .knownHosts.split('\n')
        .find(line => line.includes(` ${type} `)) ?? '',
    )
    await open(t, server().host({ knownHostsFile: file }))
    t.pass()
  })

run('no key that the server takes: the error says what was tried', async t => {
  const dir = folder(t)
  makeKey(join(dir, 'id'), 'ed25519')
  const files = [join(dir, 'id'), join(dir, 'absent'), join(dir, 'id.pub')]
  const error = await refused(t, connect(server().host({ identityFiles: files })), 'auth', /no key was accepted/)
  t.regex(error.hint ?? '', /id: SHA256:/)
  t.regex(error.hint ?? '', /absent: no such file/)
  t.regex(error.hint ?? '', /id\.pub: it is a public key/)
  t.regex(error.hint ?? '', /server allows: publickey/)
})

run('a passphrase is asked for once for all hosts, and never without a prompt', async t => {
  const dir = folder(t)
  const key = join(dir, 'locked')
  copyFileSync(join(server().dir, 'user'), key)
  execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', key])
  const host = server().host({ identityFiles: [key] })
  const silent = await refused(t, connect(host, { keyring: new Keyring() }), 'auth', /no key/)
  t.regex(silent.hint ?? '', /nobody can be asked/)
  const questions: string[] = []
  const answers = ['wrong', 'open sesame']
  const options = {
    keyring: new Keyring(),
    prompt: async (question: string, { hidden }: { hidden: boolean }) => {
      questions.push(`${question}${hidden}`)
      return answers.shift() ?? ''
    },
  }
  await Promise.all([1, 2, 3].map(() => open(t, host, options)))
  t.deepEqual(questions, [`Passphrase for ${key}: true`, `Passphrase for ${key}: true`])
})

run('keys come from the agent', async t => {
  const dir = folder(t)
  const socket = join(dir, 'agent')
  const agent = spawn('ssh-agent', ['-D', '-a', socket], { stdio: 'ignore' })
  t.teardown(() => agent.kill())
  while (!existsSync(socket)) await new Promise(resolve => setTimeout(resolve, 20))
  const env = { ...process.env, SSH_AUTH_SOCK: socket }
  for (let i = 0; i < 7; i++) {
    makeKey(join(dir, `other${i}`), 'ed25519')
    execFileSync('ssh-add', ['-q', join(dir, `other${i}`)], { env, stdio: 'ignore' })
  }
  const key = join(dir, 'locked')
  copyFileSync(join(server().dir, 'user'), key)
  execFileSync('ssh-add', ['-q', key], { env, stdio: 'ignore' })
  // The file is locked, but its public half says which of the agent's eight keys is the one: sshd allows six tries.
  copyFileSync(join(server().dir, 'user.pub'), `${key}.pub`)
  execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', 'open sesame', '-f', key])
  const config = join(dir, 'config')
  writeFileSync(config, `Host *\n  IdentityAgent ${socket}\n  IdentityFile ${key}\n  IdentitiesOnly yes\n`)
  const { identityFiles: _, ...connection } = server().host().connection as Extract<Host['connection'], { type: 'ssh' }>
  await open(
    t,
    { ...server().host(), connection: { ...connection, sshConfigFile: config } },
    { keyring: new Keyring() },
  )
  t.pass()
})

run('ssh_config gives what the inventory leaves out', async t => {
  const config = join(folder(t), 'config')
  const { dir, port } = server()
  writeFileSync(
    config,
    `Host alias\n  HostName 127.0.0.1\n  Port ${port}\n  User ${userInfo().username}\n  IdentityFile ${dir}/user\n  UserKnownHostsFile ${dir}/known_hosts\n`,
  )
  const host: Host = { ...server().host(), connection: { type: 'ssh', address: 'alias', sshConfigFile: config } }
  await open(t, host)
  const other = await freePort()
  await refused(
    t,
    connect({ ...host, connection: { ...host.connection, type: 'ssh', address: 'alias', port: other } }),
    'refused',
    /refused/,
  )
})

run('two jump hosts, each judged by its own key', async t => {
  const [one, two] = await Promise.all([startSshd(), startSshd()])
  t.teardown(async () => {
    await one.stop()
    await two.stop()
  })
  const dir = folder(t)
  const known = join(dir, 'known')
  const config = join(dir, 'config')
  for (const jump of [one, two])
    writeFileSync(join(jump.dir, 'authorized_keys'), readFileSync(join(server().dir, 'user.pub')))
  writeFileSync(known, `${server().knownHosts}${one.knownHosts}${two.knownHosts}`)
  writeFileSync(config, `Host first\n  HostName 127.0.0.1\n  Port ${one.port}\n  User ${userInfo().username}\n`)
  const host = server().host({
    knownHostsFile: known,
    sshConfigFile: config,
    proxyJump: `first,${userInfo().username}@127.0.0.1:${two.port}`,
  })
  const connection = await open(t, host)
  t.is((await connection.batch([echo]))[0]?.stdout.toString(), 'here\n')
  t.regex(one.log(), /Accepted publickey/)
  t.regex(two.log(), /Accepted publickey/)
  await connection.close()
  writeFileSync(known, `${server().knownHosts}${one.knownHosts}`)
  const error = await refused(t, connect(host), 'host-key-unknown', new RegExp(`\\[127.0.0.1\\]:${two.port}`))
  t.regex(error.message, /not known/)
})

run('what is not there behind a jump host is said as such', async t => {
  const port = await freePort()
  const host = server().host({ port, proxyJump: `${userInfo().username}@127.0.0.1:${server().port}` })
  await refused(t, connect(host), 'refused', new RegExp(`127.0.0.1:${port}: the connection was refused`))
})

test('a jump that cannot be read, and one to itself, are mistakes of the input', async t => {
  const config = join(folder(t), 'config')
  writeFileSync(config, 'Host loop\n  ProxyJump loop\nHost command\n  ProxyCommand nc %h %p\n')
  const host = (address: string, proxyJump?: string): Host => ({
    name: 'node1',
    groups: [],
    vars: {},
    connection: { type: 'ssh', address, sshConfigFile: config, ...(proxyJump !== undefined && { proxyJump }) },
  })
  await t.throwsAsync(connect(host('x', 'a b:c')), { instanceOf: UsageError, message: /ProxyJump/ })
  await t.throwsAsync(connect(host('loop')), { instanceOf: UsageError, message: /jump/ })
  await t.throwsAsync(connect(host('command')), { instanceOf: UsageError, message: /ProxyCommand/ })
})

const anyHost = (address: string, port: number, more: object = {}): Host => ({
  name: 'node1',
  groups: [],
  vars: {},
  connection: { type: 'ssh', address, port, sshConfigFile: 'none', connectTimeoutMs: 300, ...more },
})

test('nobody listens', async t => {
  await refused(t, connect(anyHost('127.0.0.1', await freePort())), 'refused', /was refused/)
})

test('a name that is none', async t => {
  await refused(t, connect(anyHost('no-such-host.invalid', 22, { connectTimeoutMs: 100_000 })), 'dns', /name/)
})

test('a server that says nothing, one that is no sshd, and one that hangs up', async t => {
  const sockets: { destroy(): void }[] = []
  const listen = async (behave: (socket: import('node:net').Socket) => void): Promise<number> => {
    const fake = createServer(socket => {
      sockets.push(socket)
      socket.on('error', () => {})
      behave(socket)
    })
    await new Promise<void>(resolve => fake.listen(0, '127.0.0.1', resolve))
    t.teardown(() => {
      for (const socket of sockets) socket.destroy()
      fake.close()
    })
    const address = fake.address()
    return typeof address === 'object' && address ? address.port : 0
  }
  await refused(t, connect(anyHost('127.0.0.1', await listen(() => {}))), 'timeout', /key exchange/)
  const http = await listen(socket => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n'.repeat(60)))
  await t.throwsAsync(connect(anyHost('127.0.0.1', http)), { instanceOf: ConnectionError })
  let count = 0
  const hangUp = await listen(socket => {
    count++
    socket.destroy()
  })
  await refused(t, connect(anyHost('127.0.0.1', hangUp)), 'lost', /closed the connection/)
  t.true(count > 1, 'tried again: nothing had run')
})

test('an abort while connecting', async t => {
  const fake = createServer(() => {})
  await new Promise<void>(resolve => fake.listen(0, '127.0.0.1', resolve))
  t.teardown(() => fake.close())
  const address = fake.address()
  const why = new Error('interrupted')
  const controller = new AbortController()
  const connecting = connect(
    anyHost('127.0.0.1', typeof address === 'object' && address ? address.port : 0, { connectTimeoutMs: 60_000 }),
    {
      signal: controller.signal,
    },
  )
  setTimeout(() => controller.abort(why), 100)
  t.is(await t.throwsAsync(connecting), why)
})

test('an abort before the socket listens for it', async t => {
  const controller = new AbortController()
  const hop = { address: '127.0.0.1', port: 9, user: 'x', host: 'h' } as unknown as Parameters<typeof connectSocket>[0]
  const why = new Error('interrupted')
  controller.abort(why)
  const options = { timeoutMs: 60_000, signal: controller.signal } as unknown as Parameters<typeof connectSocket>[1]
  t.is(await t.throwsAsync(connectSocket(hop, options)), why)
})

run('an abort after connecting ends what runs, not the connection', async t => {
  const controller = new AbortController()
  const connection = await open(t, server().host(), { signal: controller.signal })
  controller.abort(new Error('interrupted'))
  t.is((await connection.batch([echo]))[0]?.stdout.toString(), 'here\n')
})

run('a host that runs its own command is named with what it said', async t => {
  const sshd = await startSshd({ lines: ['ForceCommand echo only git here'] })
  t.teardown(sshd.stop)
  const error = await refused(t, (await open(t, sshd.host())).batch([echo]), 'shell', /does not answer/)
  t.regex(error.hint ?? '', /only git here/)
})

run('this machine, without ssh', async t => {
  const connection = await open(t, { name: 'node1', groups: [], vars: {}, connection: { type: 'local' } })
  t.is((await connection.batch([echo]))[0]?.stdout.toString(), 'here\n')
})

run('a process ends by itself once its connections are closed', t => {
  const dir = folder(t)
  const file = join(dir, 'main.mts')
  const lib = join(import.meta.dirname, '../../lib')
  writeFileSync(
    file,
    `import { connectSocket } from '../../lib/connection/login.ts'
import { connect } from '${lib}/connection/connect.ts'
const connection = await connect(${JSON.stringify(server().host())})
await connection.batch([{ script: 'echo a' as never }])
await connection.close()
console.log('closed')
`,
  )
  const out = execFileSync(process.execPath, ['--import=tsx', file], { encoding: 'utf8', timeout: 60_000 })
  t.is(out, 'closed\n')
})
