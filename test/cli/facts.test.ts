import { totalmem } from 'node:os'
import test, { type ExecutionContext } from 'ava'
import { factsVerb } from '../../lib/cli/facts-verb.ts'
import { factNames } from '../../lib/cli/host-facts.ts'
import type { LoadConnect } from '../../lib/cli/on-hosts.ts'
import { ConnectionError } from '../../lib/errors.ts'
import { Secret } from '../../lib/secret.ts'
import { output } from '../helpers/output.ts'
import { ShConnection } from '../helpers/sh-connection.ts'
import { project } from '../inventory/project.ts'
import { fakeTerminal } from './terminal.ts'

const inventory =
  'all:\n  hosts:\n    a: {ansible_connection: local, anything: 1}\n    b: {ansible_connection: local}\n'

const facts = async (t: ExecutionContext, text: string, load?: LoadConnect) => {
  const connections: ShConnection[] = []
  const here: LoadConnect = async () => async host => {
    const connection = new ShConnection(host.name)
    connections.push(connection)
    return connection
  }
  const fake = fakeTerminal(await project(t, { 'inventories/lab.yml': inventory }))
  const code = await factsVerb(text.split(' '), fake.terminal, { loadConnect: load ?? here })
  return { code, out: fake.out(), err: fake.err(), trips: connections.map(one => one.roundTrips) }
}

/** Every command of a host prints this. */
const saying =
  (text: string, code = 0): LoadConnect =>
  async () =>
  async ({ name }) => ({
    host: name,
    roundTrips: 0,
    close: async () => {},
    batch: async commands => commands.map(() => output(text, { code, stderr: 'no such thing' })),
  })

test('all facts of a host, in one round trip', async t => {
  const { code, out, trips } = await facts(t, '-i lab a')
  t.is(code, 0)
  t.deepEqual(trips, [1])
  t.deepEqual(
    [...out.matchAll(/^ {2}(\w+):$/gm)].map(([, name]) => name),
    [...factNames],
  )
  t.regex(out, new RegExp(`^    totalBytes: ${totalmem()}  # [0-9.]+ [GMT]iB$`, 'm'))
  t.regex(out, /^ {6}- \{ address: 127\.0\.0\.1, family: ipv4, /m)
})

test('only what is asked for is read', async t => {
  const { out } = await facts(t, '-i lab a,b --only cpu', saying('4\n'))
  t.is(out, 'a:\n  cpu:\n    logical: 4\n\nb:\n  cpu:\n    logical: 4\n')
})

test('-o json is a line a host and a summary', async t => {
  const { out, code } = await facts(t, '-i lab a --only kernel,cpu -o json')
  t.is(code, 0)
  const [told, summary] = out
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
  t.like(told, { type: 'facts', host: 'a', errors: {} })
  t.deepEqual(Object.keys(told?.facts as object), ['kernel', 'cpu'])
  t.deepEqual(summary, { type: 'summary', exitCode: 0 })
})

test('what cannot be told is said, and is no success', async t => {
  const { out, code } = await facts(t, '-i lab a --only cpu', saying('', 1))
  t.is(code, 2)
  t.is(out, 'a:\n  cannot tell the cpu: no such thing\n')
})

test('a host that cannot be reached, or is lost on the way, is unreachable', async t => {
  const lost = new ConnectionError('a', 'lost', 'the line is dead', { hint: 'Mend it.' })
  const loads: readonly LoadConnect[] = [
    async () => async () => Promise.reject(lost),
    async () => async () => new ShConnection('a', { lostAt: () => true }),
  ]
  for (const load of loads) {
    const { out, code } = await facts(t, '-i lab a', load)
    t.is(code, 4)
    t.regex(out, /^a: unreachable\n {4}the (line|connection)/)
  }
})

test('a host steers no terminal, and shows no secret', async t => {
  new Secret('kernel-of-truth-7')
  const { out } = await facts(t, '-i lab a --only kernel', saying('Linux kernel-of-truth-7 \u001b[2J\u202e x86\n'))
  t.is(
    out,
    'a:\n  kernel:\n    name: Linux\n    release: "[secret]"\n    version: "\\e[2J\\u{202e}"\n    architecture: x86\n',
  )
})

test('an unknown fact, a forgotten pattern, help', async t => {
  t.is(
    (await facts(t, '-i lab a --only cpu,memry')).err,
    '--only memry: there is no such fact\n  Did you mean memory?\n1 problem. No host was touched.\n',
  )
  t.regex((await facts(t, '-i lab')).err, /^which hosts\? PATTERN is missing\n/)
  t.regex((await facts(t, '--help')).out, /Facts: os, distribution, kernel, cpu, memory, mounts, addresses, time\.\n$/)
})
