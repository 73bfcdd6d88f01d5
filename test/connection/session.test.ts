import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import test, { type ExecutionContext } from 'ava'
import { sh } from '../../lib/command.ts'
import { localTransport } from '../../lib/connection/local.ts'
import { Session } from '../../lib/connection/session.ts'
import { BatonError, ConnectionError, DeadlineError } from '../../lib/errors.ts'
import { Secret } from '../../lib/secret.ts'

const open = (
  t: ExecutionContext,
  { program = '/bin/sh', ...options }: { program?: string; shell?: string; env?: NodeJS.ProcessEnv } = {},
): Session => {
  const local = localTransport('here', options)
  const session = new Session(
    { ...local, open: command => local.open(command.replace('/bin/sh', program)) },
    { shellTimeoutMs: 5000 },
  )
  t.teardown(() => session.close())
  return session
}

const folder = (t: ExecutionContext): string => {
  const dir = mkdtempSync(join(tmpdir(), 'baton-session-'))
  t.teardown(() => rmSync(dir, { recursive: true, force: true }))
  return dir
}

const everyByte = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))

const programs = [
  { program: '/bin/sh' },
  { program: 'bash --posix' },
  { program: '/usr/bin/busybox sh', file: '/usr/bin/busybox' },
].filter(({ program, file }) => program.startsWith('bash') || existsSync(file ?? program))

for (const { program } of programs) {
  test(`${program}: output, codes and arguments are exact`, async t => {
    const args = ["it's", '', '-n', '$HOME `id` \\', 'two\nlines', 'ä€\u0001', '*']
    const outputs = await open(t, { program }).batch([
      { script: sh`printf '%s\\0' "$#" "$@"`, args },
      { script: sh`cat`, stdin: everyByte },
      { script: sh`echo out; echo err >&2; exit 7` },
      { script: sh`cat; printf x`, stdin: '' },
      { script: sh`cat` },
      { script: sh`set -e; false; echo not reached` },
      { script: sh`kill -9 "$(exec sh -c 'echo $PPID')"` },
    ])
    t.deepEqual(outputs[0]?.stdout.toString().split('\0').slice(0, -1), [String(args.length), ...args])
    t.deepEqual(outputs[1]?.stdout, everyByte)
    t.like(outputs[2], { code: 7, droppedBytes: 0 })
    t.is(outputs[2]?.stdout.toString(), 'out\n')
    t.is(outputs[2]?.stderr.toString(), 'err\n')
    t.is(outputs[3]?.stdout.toString(), 'x')
    t.like(outputs[4], { code: 0, stdout: Buffer.alloc(0) })
    t.like(outputs[5], { code: 1, stdout: Buffer.alloc(0) })
  })

  test(`${program}: a script that does not parse, exits or redirects its shell harms no other`, async t => {
    const outputs = await open(t, { program }).batch([
      { script: sh`if ( ; '` },
      { script: sh`exit 3` },
      { script: sh`exec >/dev/null 2>&1; echo gone` },
      { script: sh`cd /; umask 0; trap 'echo bye' EXIT; set -- ; false` },
      { script: sh`pwd; umask` },
    ])
    t.not(outputs[0]?.code, 0)
    t.is(outputs[1]?.code, 3)
    t.is(outputs[2]?.stdout.toString(), '')
    t.is(outputs[3]?.stdout.toString(), 'bye\n')
    t.is(outputs[4]?.stdout.toString().split('\n')[0], process.cwd())
  })

  test(`${program}: large content arrives whole, and the shell lives on`, async t => {
    const big = randomBytes(3_000_001)
    const source = { bytes: big.length, open: () => Readable.from([big.subarray(0, 5), big.subarray(5)]) }
    const session = open(t, { program })
    const outputs = await session.batch([
      { script: sh`echo before` },
      { script: sh`cat`, stdin: big },
      { script: sh`cat; exit 9`, stdin: source },
      { script: sh`echo after` },
    ])
    t.true(outputs[1]?.stdout.equals(big))
    t.true(outputs[2]?.stdout.equals(big))
    t.deepEqual(
      outputs.map(output => output?.code),
      [0, 0, 9, 0],
    )
    t.is(outputs[3]?.stdout.toString(), 'after\n')
  })
}

for (const bytes of [0, 1, 65535, 65536, 65537, 200_000])
  test(`${bytes} bytes of content, from memory and from a source`, async t => {
    const content = randomBytes(bytes)
    const stdin = { bytes, open: () => Readable.from(bytes > 0 ? [content] : []) }
    const outputs = await open(t).batch([
      { script: sh`cat`, stdin: content },
      { script: sh`cat`, stdin },
    ])
    for (const output of outputs) t.true(output?.stdout.equals(content))
  })

test('a command that leaves its content unread is not an error, and its rest is never taken for script', async t => {
  const dir = folder(t)
  const script = Buffer.from(`\ntouch ${dir}/executed\n`.repeat(100_000))
  const session = open(t)
  const outputs = await session.batch([
    { script: sh`head -c 1 >/dev/null; echo enough`, stdin: script },
    { script: sh`:`, stdin: script.subarray(0, 60_000) },
    { script: sh`echo alive` },
  ])
  t.deepEqual(
    outputs.map(output => output?.stdout.toString()),
    ['enough\n', '', 'alive\n'],
  )
  t.deepEqual(readdirSync(dir), [])
})

const writer = sh`
  trap 'rm -f "$1/tmp"' EXIT
  trap 'exit 1' HUP INT TERM
  cat >"$1/tmp" && mv "$1/tmp" "$1/file"`

for (const [title, chunks] of [
  ['shorter', ['x'.repeat(99_999)]],
  ['longer', ['x'.repeat(100_000), 'y']],
  ['empty', []],
] as const)
  test(`content that is ${title} than it said never gets in place`, async t => {
    const dir = folder(t)
    writeFileSync(join(dir, 'file'), 'old')
    const session = open(t)
    const stdin = { bytes: 100_000, open: () => Readable.from(chunks.map(c => Buffer.from(c))) }
    await t.throwsAsync(session.batch([{ script: writer, args: [dir], stdin }]), {
      instanceOf: BatonError,
      message: /another length/,
    })
    t.is(readFileSync(join(dir, 'file'), 'utf8'), 'old')
    t.deepEqual(readdirSync(dir), ['file'])
    t.is((await session.batch([{ script: sh`echo again` }]))[0]?.stdout.toString(), 'again\n')
  })

test('content whose source fails never gets in place', async t => {
  const dir = folder(t)
  const source = Readable.from(
    (function* () {
      yield Buffer.alloc(70_000)
      throw new Error('disk on fire')
    })(),
  )
  await t.throwsAsync(open(t).batch([{ script: writer, args: [dir], stdin: { bytes: 100_000, open: () => source } }]), {
    instanceOf: BatonError,
    message: /disk on fire/,
  })
  t.deepEqual(readdirSync(dir), [])
})

test('a secret goes over stdin', async t => {
  const [output] = await open(t).batch([{ script: sh`cat`, stdin: new Secret("p'w\n") }])
  t.is(output?.stdout.toString(), "p'w\n")
})

test('a command that may fail stops nothing, be it before a large content or before a small one', async t => {
  const commands = [
    { script: sh`exit 2`, mayFail: true },
    { script: sh`wc -c`, stdin: Buffer.alloc(100_000) },
    { script: sh`exit 3`, mayFail: true },
    { script: sh`echo last` },
  ]
  const outputs = await open(t).batch(commands, { stopOnFailure: true })
  t.deepEqual(
    outputs.map(output => [output?.code, output?.stdout.toString().trim()]),
    [
      [2, ''],
      [0, '100000'],
      [3, ''],
      [0, 'last'],
    ],
  )
})

test('stopOnFailure leaves out what is behind a failure, content and all', async t => {
  const session = open(t)
  const commands = [
    { script: sh`echo 1` },
    { script: sh`exit 2` },
    { script: sh`echo 3` },
    { script: sh`cat`, stdin: Buffer.alloc(100_000) },
  ]
  const ends: number[] = []
  const stopped = await session.batch(commands, { stopOnFailure: true, onEnd: index => ends.push(index) })
  t.deepEqual(
    stopped.map(output => output?.code),
    [0, 2, undefined, undefined],
  )
  t.deepEqual(ends, [0, 1])
  const all = await session.batch(commands)
  t.deepEqual(
    all.map(output => output?.code),
    [0, 2, 0, 0],
  )
})

test('a batch is one round trip, whatever its length', async t => {
  const session = open(t)
  t.is(session.roundTrips, 0)
  await session.batch(Array.from({ length: 200 }, () => ({ script: sh`:` })))
  t.is(session.roundTrips, 1)
  await session.batch([{ script: sh`cat`, stdin: 'small' }])
  t.is(session.roundTrips, 2)
  await session.batch([])
  t.is(session.roundTrips, 2)
})

test('output comes as it is made, and only so much is kept', async t => {
  const seen = { stdout: '', stderr: '' }
  const dir = folder(t)
  const [output] = await open(t).batch(
    [
      {
        // The rest is made only when the first line has been seen here.
        script: sh`echo one; while [ ! -e "$1/go" ]; do sleep 0.02; done; echo two >&2; head -c 1000000 /dev/zero`,
        args: [dir],
        keepBytes: 10,
      },
    ],
    {
      onOutput: (index, stream, chunk) => {
        t.is(index, 0)
        if (seen[stream].length < 4) seen[stream] += chunk.toString('latin1', 0, 4)
        writeFileSync(join(dir, 'go'), '')
      },
    },
  )
  t.deepEqual(seen, { stdout: 'one\n', stderr: 'two\n' })
  t.is(output?.stdout.length, 10)
  t.is(output?.droppedBytes, 1_000_000 + 4 - 10)
})

test('what background processes print between commands belongs to none', async t => {
  const session = open(t)
  await session.batch([{ script: sh`(sleep 0.05; echo late) & echo now` }])
  await new Promise(resolve => setTimeout(resolve, 150))
  const [output] = await session.batch([{ script: sh`echo next` }])
  t.is(output?.stdout.toString(), 'next\n')
})

test('batches of one user run one after the other', async t => {
  const session = open(t)
  const batches = [3, 2, 1].map(n => session.batch([{ script: sh`sleep 0.0"$1"; echo "$1"`, args: [String(n)] }]))
  t.deepEqual(
    (await Promise.all(batches)).map(([output]) => output?.stdout.toString()),
    ['3\n', '2\n', '1\n'],
  )
})

test('past its deadline a command is ended, with its children and its temporary file', async t => {
  const dir = folder(t)
  const session = open(t)
  await t.throwsAsync(
    session.batch([
      {
        script: sh`trap 'rm -f "$1/tmp"; exit 1' TERM; : >"$1/tmp"; echo $$ >"$1/pid"; sleep 1000`,
        args: [dir],
        timeoutMs: 200,
      },
    ]),
    { instanceOf: DeadlineError, message: /^still running after 0.2 s, and was ended$/ },
  )
  t.deepEqual(readdirSync(dir), ['pid'])
  t.is((await session.batch([{ script: sh`echo again` }]))[0]?.stdout.toString(), 'again\n')
})

test('a command that ignores TERM is killed', async t => {
  const dir = folder(t)
  const session = open(t)
  await t.throwsAsync(
    session.batch([
      {
        script: sh`trap '' TERM; (exec sh -c 'echo $PPID') >"$1/pid"; while :; do sleep 0.1; done`,
        args: [dir],
        timeoutMs: 200,
      },
    ]),
    { instanceOf: DeadlineError },
  )
  const pid = Number(readFileSync(join(dir, 'pid'), 'utf8'))
  // The kernel takes a moment; where it is never killed, the test file's timeout says so.
  while (existsSync(`/proc/${pid}/exe`)) await new Promise(resolve => setTimeout(resolve, 20))
  t.pass()
})

test('an abort ends what runs, and is what is thrown', async t => {
  const controller = new AbortController()
  const why = new Error('interrupted')
  const session = open(t)
  const batch = session.batch([{ script: sh`echo started; sleep 1000` }], {
    signal: controller.signal,
    onOutput: () => controller.abort(why),
  })
  t.is(await t.throwsAsync(batch), why)
  await t.throwsAsync(session.batch([{ script: sh`:` }], { signal: controller.signal }), { is: why })
})

test('a shell that dies under a command leaves its outcome unknown, and the next batch gets a new one', async t => {
  const session = open(t)
  const ends: number[] = []
  const error = await t.throwsAsync(
    session.batch([{ script: sh`:` }, { script: sh`kill -9 $$` }, { script: sh`:` }], { onEnd: i => ends.push(i) }),
    { instanceOf: ConnectionError },
  )
  t.is((error as ConnectionError).reason, 'lost')
  t.deepEqual(ends, [0])
  t.is((await session.batch([{ script: sh`echo again` }]))[0]?.code, 0)
})

for (const as of [undefined, 'nobody'])
  test(`a connection that ends before the first answer leaves the outcome unknown${as ? ', through sudo' : ''}`, async t => {
    const local = localTransport('here')
    const cut = async () => {
      const channel = await local.open('exec sleep 0.1')
      return { ...channel, closed: channel.closed.then(() => ({})) }
    }
    const session = new Session({ ...local, open: cut }, { shellTimeoutMs: 5000 })
    const error = await t.throwsAsync(session.batch([{ script: sh`:` }], as ? { as } : {}), {
      instanceOf: ConnectionError,
    })
    t.is((error as ConnectionError).reason, 'lost')
    await session.close()
  })

/** Here, with a say in when and whether the second and later programs start. */
const withSecond = (t: ExecutionContext, second: () => Promise<void>): Session => {
  const local = localTransport('here')
  let opened = 0
  const session = new Session(
    {
      ...local,
      open: async command => {
        if (opened++ > 0) await second()
        return local.open(command)
      },
    },
    { shellTimeoutMs: 1000 },
  )
  t.teardown(() => session.close())
  return session
}

test('the end of a deadline that came too late meets no later command', async t => {
  let go = (): void => {}
  const released = new Promise<void>(resolve => {
    go = resolve
  })
  const session = withSecond(t, () => released)
  const dir = folder(t)
  const first = session.batch(
    [{ script: sh`while [ ! -e "$1/go" ]; do sleep 0.02; done`, args: [dir], timeoutMs: 100 }],
    {
      onEnd: () => setTimeout(go, 50),
    },
  )
  const second = session.batch([{ script: sh`sleep 0.3; echo whole` }])
  setTimeout(() => writeFileSync(join(dir, 'go'), ''), 300)
  t.is((await first)[0]?.code, 0)
  t.is((await second)[0]?.stdout.toString(), 'whole\n')
})

test('processes that could not be ended are said to run on', async t => {
  const session = withSecond(t, () => Promise.reject(new Error('no second program')))
  const error = await t.throwsAsync(session.batch([{ script: sh`sleep 2`, timeoutMs: 100 }]), {
    instanceOf: ConnectionError,
    message: /may still run: no second program/,
  })
  t.is((error as ConnectionError).reason, 'lost')
  t.true((error as ConnectionError).cause instanceof DeadlineError)
})

test('content whose source stalls is given up at the deadline', async t => {
  const stalled = [
    () => new Readable({ read() {} }),
    () =>
      Readable.from(
        (async function* (): AsyncGenerator<Buffer> {
          yield Buffer.alloc(1)
          await new Promise(() => {})
        })(),
      ),
  ]
  for (const source of stalled)
    await t.throwsAsync(
      open(t).batch([{ script: sh`cat >/dev/null`, stdin: { bytes: 10, open: source }, timeoutMs: 100 }]),
      { instanceOf: DeadlineError },
    )
})

test('a host that starts no shell is given up in time, and at an abort', async t => {
  const local = localTransport('here')
  const never = new Session({ ...local, open: () => new Promise(() => {}) }, { shellTimeoutMs: 100 })
  const error = await t.throwsAsync(never.batch([{ script: sh`:` }]), { instanceOf: ConnectionError })
  t.is((error as ConnectionError).reason, 'shell')
  const controller = new AbortController()
  const why = new Error('interrupted')
  const slow = new Session({ ...local, open: () => new Promise(() => {}) }, { shellTimeoutMs: 600_000 })
  setTimeout(() => controller.abort(why), 50)
  t.is(await t.throwsAsync(slow.batch([{ script: sh`:` }], { signal: controller.signal })), why)
})

test('an abort while the shell opens runs nothing', async t => {
  const local = localTransport('here')
  const controller = new AbortController()
  const why = new Error('interrupted')
  const abortsThen = async (command: string) => {
    const channel = await local.open(command)
    queueMicrotask(() => queueMicrotask(() => controller.abort(why)))
    return channel
  }
  const session = new Session({ ...local, open: abortsThen }, { shellTimeoutMs: 5000 })
  t.teardown(() => session.close())
  t.is(await t.throwsAsync(session.batch([{ script: sh`:` }], { signal: controller.signal })), why)
  t.is(session.roundTrips, 0)
})

test('an argument with NUL is refused before anything runs', async t => {
  const session = open(t)
  await t.throwsAsync(session.batch([{ script: sh`:` }, { script: sh`echo "$1"`, args: ['a\0b'] }]), {
    message: /NUL/,
  })
  t.is(session.roundTrips, 0)
})

test('a login shell that answers with other things is named, with what it printed', async t => {
  const dir = folder(t)
  const shell = join(dir, 'nologin')
  writeFileSync(shell, '#!/bin/sh\necho "This account is currently not available."\nexit 1\n', { mode: 0o755 })
  const error = await t.throwsAsync(open(t, { shell }).batch([{ script: sh`:` }]), { instanceOf: ConnectionError })
  t.is((error as ConnectionError).reason, 'shell')
  t.regex((error as ConnectionError).hint ?? '', /currently not available/)
})

test('a login shell that asks for something does not answer in time', async t => {
  const dir = folder(t)
  const shell = join(dir, 'asks')
  writeFileSync(shell, '#!/bin/sh\necho "Choose a project:"\nread -r _\nexec sleep 1000\n', { mode: 0o755 })
  const session = new Session(localTransport('here', { shell }), { shellTimeoutMs: 300 })
  t.teardown(() => session.close())
  const error = await t.throwsAsync(session.batch([{ script: sh`:` }]), { instanceOf: ConnectionError })
  t.is((error as ConnectionError).reason, 'lost', 'the request was sent, and may still be read')
  t.regex((error as ConnectionError).hint ?? '', /Choose a project/)
})

for (const { shell, rc, text } of [
  { shell: '/bin/bash', rc: '.bashrc', text: 'echo noise; echo noise >&2; alias printf=false\n' },
  { shell: '/usr/bin/fish', rc: '.config/fish/config.fish', text: 'echo noise; echo noise >&2\n' },
  { shell: '/usr/bin/tcsh', rc: '.tcshrc', text: 'echo noise\n' },
  { shell: '/bin/csh', rc: '.cshrc', text: 'echo noise\n' },
])
  (existsSync(shell) ? test : test.skip)(`${shell} as login shell, with a noisy ${rc}`, async t => {
    const dir = folder(t)
    const file = join(dir, rc)
    const { mkdirSync } = await import('node:fs')
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(file, text)
    const session = open(t, { shell, env: { ...process.env, HOME: dir, SSH_CLIENT: '127.0.0.1 1 1', SHLVL: '0' } })
    const [output] = await session.batch([{ script: sh`printf '%s' "$1"; printf e >&2`, args: ["it's \\"] }])
    t.like(output, { code: 0 })
    t.is(output?.stdout.toString(), "it's \\")
    t.is(output?.stderr.toString(), 'e')
  })
