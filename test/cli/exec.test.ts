import { Readable } from 'node:stream'
import test, { type ExecutionContext } from 'ava'
import { execVerb } from '../../lib/cli/exec-verb.ts'
import type { LoadConnect } from '../../lib/cli/on-hosts.ts'
import { connect } from '../../lib/connection/connect.ts'
import type { Connection } from '../../lib/connection/connection.ts'
import { ConnectionError } from '../../lib/errors.ts'
import { Secret } from '../../lib/secret.ts'
import { project } from '../inventory/project.ts'
import { fakeTerminal } from './terminal.ts'

const inventory = `web:
  hosts:
    a: {ansible_connection: local, anything: 1}
    b: {ansible_connection: local}
db:
  hosts:
    c: {ansible_connection: local}
`

/** This machine, whatever the host; `@host` in a command becomes its name. */
const loadConnect: LoadConnect = async () => async (host, options) => {
  const real = await connect(host, options)
  const { name } = host
  return {
    host: name,
    roundTrips: 0,
    close: () => real.close(),
    batch: (commands, batch) =>
      real.batch(
        commands.map(command => ({ ...command, args: (command.args ?? []).map(arg => arg.replaceAll('@host', name)) })),
        batch,
      ),
  }
}

const exec = async (
  t: ExecutionContext,
  argv: readonly string[],
  { stdin = '', env = {}, load = loadConnect, during = (_: ReturnType<typeof fakeTerminal>): void => {} } = {},
) => {
  const cwd = await project(t, { 'inventories/lab.yml': inventory })
  const fake = fakeTerminal(cwd, env)
  const terminal = stdin ? { ...fake.terminal, stdin: Readable.from([Buffer.from(stdin)]) } : fake.terminal
  const ending = execVerb(argv, terminal, { loadConnect: load })
  during(fake)
  const code = await ending
  return { code, out: fake.out(), err: fake.err() }
}

test('hosts that say the same are shown once', async t => {
  const { code, out, err } = await exec(t, ['-i', 'lab', 'all', '--', 'echo one; echo two >&2'])
  t.is(code, 0)
  t.is(out, 'a, b, c (3 hosts): ok\n    one\n  stderr\n    two\n\n3 ok\n')
  t.deepEqual(
    err
      .replace(/\d\.\d s/g, 'T')
      .trim()
      .split('\n')
      .sort(),
    ['a: ok after T', 'b: ok after T', 'c: ok after T'],
  )
})

test('one word is a script, several are a program and its arguments', async t => {
  const said = async (...words: readonly string[]) => (await exec(t, ['-i', 'lab', 'a', '--', ...words])).out
  t.is(await said('echo $((1 + 1)) *.nothing'), 'a: ok\n    2 *.nothing\n\n1 ok\n')
  t.is(
    await said('printf', '%s\n', '$((1 + 1))', '; id', '-l', "it's"),
    "a: ok\n    $((1 + 1))\n    ; id\n    -l\n    it's\n\n1 ok\n",
  )
})

test('what failed comes last, and the exit code is 2', async t => {
  const { code, out } = await exec(t, ['-i', 'lab', 'all', '--', '[ @host = b ] || exit 3'])
  t.is(code, 2)
  t.is(out, 'b: ok\n\na, c (2 hosts): exit code 3\n\n1 ok, 2 failed\n')
})

test('a pattern, a limit, and what is not there', async t => {
  t.regex((await exec(t, ['-i', 'lab', 'all:!db', '-l', 'b,c', '--', 'true'])).out, /^b: ok\n/)
  t.is(
    (await exec(t, ['-i', 'lab', 'wbe', '--', 'true'])).err.split('\n')[0],
    'PATTERN wbe: inventories/lab.yml has no host or group wbe',
  )
  t.regex(
    (await exec(t, ['-i', 'lab', 'web', '-l', 'c', '--', 'true'])).err,
    /^--limit c leaves none of the hosts of web\n/,
  )
})

const wrong: readonly (readonly [readonly string[], string])[] = [
  [['-i', 'lab', 'all'], 'which command? It stands behind --\n  tsx run exec -i NAME PATTERN -- COMMAND\n'],
  [['-i', 'lab', 'all', '--'], 'which command? It stands behind --\n  tsx run exec -i NAME PATTERN -- COMMAND\n'],
  [
    ['-i', 'lab', '--', 'id'],
    'which hosts? PATTERN is missing\n  tsx run exec -i NAME PATTERN -- COMMAND; all is every host\n',
  ],
  [['-i', 'lab', 'a', 'b', '--', 'id'], 'one PATTERN; got a b\n  Join them with commas: a,b\n'],
  [['all', '--', 'id'], 'which inventory? -i is missing\n  Add -i NAME for inventories/NAME.yml, or -i PATH.\n'],
  [['-i', 'lab', 'all', '--check', '--', 'id'], 'unknown option --check\n  --help lists the options.\n'],
  [
    ['-i', 'lab', 'all', '--', '-b', 'id'],
    '-b is no program\n  Options of exec stand before --. tsx run exec -i NAME PATTERN -- COMMAND\n',
  ],
  [['-i', 'lab', 'all', '--become-user', 'x', '--', 'id'], '--become-user needs -b\n'],
  [['-i', 'lab', 'all', '--timeout', '0', '--', 'id'], '--timeout must be a number of seconds above 0; got "0"\n'],
]

for (const [argv, says] of wrong)
  test(`wrong: exec ${argv.join(' ')}`, async t => {
    const { code, err, out } = await exec(t, argv)
    t.is(code, 1)
    t.is(err, `${says}1 problem. No host was touched.\n`)
    t.is(out, '')
  })

test('--help', async t => {
  const { code, out } = await exec(t, ['--help'])
  t.is(code, 0)
  t.regex(out, /^Usage: tsx run exec/)
  t.regex(out, /--become-user USER/)
})

test('a host that cannot be reached is unreachable, one that is lost on the way unknown, and neither is ok', async t => {
  const broken =
    (when: 'before' | 'during'): LoadConnect =>
    async () =>
    async host => {
      const lost = new ConnectionError(host.name, 'lost', 'the line is dead')
      if (when === 'before') throw lost
      const connection: Connection = {
        host: host.name,
        roundTrips: 0,
        close: async () => {},
        batch: async () => Promise.reject(lost),
      }
      return connection
    }
  for (const [when, word] of [
    ['before', 'unreachable'],
    ['during', 'unknown'],
  ] as const) {
    const { code, out } = await exec(t, ['-i', 'lab', 'a', '--', 'id'], { load: broken(when) })
    t.is(code, 4)
    t.is(out, `a: ${word}\n    the line is dead\n\n1 ${word}\n`)
  }
})

test('a command past its deadline is ended, and what it had said is shown', async t => {
  const { code, out } = await exec(t, ['-i', 'lab', 'a', '--timeout', '0.5', '--', 'echo first; exec sleep 100'])
  t.is(code, 2)
  t.is(out, 'a: failed\n    it was still running after 0.5 s and was ended\n    first\n\n1 failed\n')
})

test('--stdin goes to every host, byte for byte', async t => {
  const { out } = await exec(t, ['-i', 'lab', 'web', '--stdin', '--', 'wc', '-c'], { stdin: 'x'.repeat(100_000) })
  t.is(out, 'a, b (2 hosts): ok\n    100000\n\n2 ok\n')
  t.regex((await exec(t, ['-i', 'lab', 'a', '--', 'wc -c'], { stdin: 'unread' })).out, /\n {4}0\n/)
})

test('-o json is a line a host and a summary', async t => {
  const { out, err } = await exec(t, ['-i', 'lab', 'web', '-o', 'json', '--', 'echo "@host\u001b[2J"; [ @host = a ]'])
  t.is(err, '')
  const lines = out
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
  t.deepEqual(
    lines
      .slice(0, 2)
      .map(({ host, code, stdout }) => [host, code, stdout])
      .sort(),
    [
      ['a', 0, 'a\u001b[2J\n'],
      ['b', 1, 'b\u001b[2J\n'],
    ],
  )
  t.deepEqual(lines[2], { type: 'summary', exitCode: 2, hosts: { a: 'ok', b: 'failed' } })
  t.false(out.includes('\u001b'))
})

test('secrets are masked, and nothing that a host prints steers the terminal or the pipeline', async t => {
  new Secret('open-sesame-42')
  const script = "printf 'open-sesame-42\\n\\033[2Jx\\n::set-output name=x::y\\n'"
  const { out } = await exec(t, ['-i', 'lab', 'a', '--', script], { env: { GITHUB_ACTIONS: 'true' } })
  t.is(out, 'a: ok\n    [secret]\n    \\x1b[2Jx\n    :\\:set-output name=x::y\n\n1 ok\n')
})

test('Ctrl-C ends what runs, begins nothing more, and is exit code 130', async t => {
  let began = (): void => {}
  const started = new Promise<void>(resolve => {
    began = resolve
  })
  const load: LoadConnect = async () => async (host, options) => {
    const real = await connect(host, options)
    return {
      host: host.name,
      roundTrips: 0,
      close: () => real.close(),
      batch: (commands, batch) =>
        real.batch(commands, {
          ...batch,
          onOutput: (i, stream, chunk) => {
            batch?.onOutput?.(i, stream, chunk)
            began()
          },
        }),
    }
  }
  const { code, out, err } = await exec(t, ['-i', 'lab', 'web', '-f', '1', '--', 'echo up; exec sleep 100'], {
    load,
    during: fake => void started.then(() => fake.signals.emit('SIGINT')),
  })
  t.is(code, 130)
  t.is(
    out,
    'a: failed\n    it was ended: interrupted\n    up\n\nb: skipped\n    not begun: interrupted\n\n1 failed, 1 skipped\n',
  )
  t.regex(err, /^Interrupted: what runs is being ended\./)
})
