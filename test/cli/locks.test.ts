import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { locksVerb } from '../../lib/cli/locks-verb.ts'
import type { LoadConnect } from '../../lib/cli/on-hosts.ts'
import { sh } from '../../lib/command.ts'
import { connect } from '../../lib/connection/connect.ts'
import { ConnectionError, type Refusal } from '../../lib/errors.ts'
import { isLeaseLost } from '../../lib/lease/fence.ts'
import { Leases } from '../../lib/lease/leases.ts'
import { scratch } from '../helpers/scratch.ts'
import { project } from '../inventory/project.ts'
import { Here, owner } from '../lease/here.ts'
import { fakeTerminal } from './terminal.ts'

const inventory = `web:
  hosts:
    a: {ansible_connection: local}
    b: {ansible_connection: local}
    c: {ansible_connection: local}
`

const scene = (t: ExecutionContext) => {
  const base = scratch(t)
  const place = (host: string) => ({ directory: join(base, host) })
  const losses: Refusal[] = []
  return {
    hold: async (run: string, hosts: readonly string[], more: { owner?: string; seconds?: number } = {}) => {
      const leases = new Leases(owner(run, more.owner === undefined ? {} : { owner: more.owner }), {
        seconds: more.seconds ?? 60,
        connect: async host => new Here(host),
        send: () => {},
        lost: error => losses.push(error),
        place,
      })
      t.teardown(() => leases.release())
      await leases.takeAll(hosts.map(host => ({ host, as: undefined })))
      return leases
    },
    losses,
    locks: async (argv: readonly string[], loadConnect: LoadConnect = async () => connect) => {
      const cwd = await project(t, { 'inventories/lab.yml': inventory })
      const fake = fakeTerminal(cwd)
      const code = await locksVerb(argv, fake.terminal, { loadConnect, place })
      const steady = (text: string) =>
        text
          .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, 'DAY TIME')
          .replace(/\d+ s to \d+ s|\b\d+ s\b/g, 'N s')
          .replace(/from \S+ pid \d+, at/, 'from HERE, at')
      return { code, out: steady(fake.out()), err: fake.err() }
    },
  }
}

test('who holds what; hosts of one run together', async t => {
  const { hold, locks } = scene(t)
  await hold('4f2a91c3', ['a', 'b'])
  t.deepEqual(await locks(['list', '-i', 'lab']), {
    code: 0,
    out: `a, b: held
    alice, run 4f2a91c3 of "Artifactory warm standby", from ci-7 pid 4211
    since DAY TIME UTC (N s), runs out in N s unless it is renewed
c: free

2 held, 1 free
`,
    err: '',
  })
  t.regex((await locks(['list', '-i', 'lab', 'c'])).out, /^c: free\n\n1 free\n$/)
})

test('one line a host for programs', async t => {
  const { hold, locks } = scene(t)
  await hold('4f2a91c3', ['a'])
  const { out } = await locks(['list', '-i', 'lab', '-o', 'json', '-l', 'a,b'])
  const lines = out
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as Record<string, unknown>)
  t.like(lines[0], { type: 'host', host: 'a' })
  t.like((lines[0]?.leases as readonly object[] | undefined)?.[0], {
    run: '4f2a91c3',
    state: 'held',
    counter: 1,
    owner: 'alice',
    ttl: 60,
  })
  t.like(lines[1], { type: 'host', host: 'b', leases: [] })
  t.deepEqual(lines[2], { type: 'summary', exitCode: 0 })
})

test('break ends the leases of that run and of no other, and its commands are refused from then on', async t => {
  const { hold, locks } = scene(t)
  const leases = await hold('4f2a91c3', ['a', 'b'])
  await hold('77777777', ['c'], { owner: 'bob' })
  const fenced = leases.fence('a', { script: sh`echo ran` })
  const { code, out } = await locks(['break', '-i', 'lab', '--run', '4f2a91c3', 'web'])
  t.is(code, 0)
  t.is(
    out,
    `a: alice, run 4f2a91c3 of "Artifactory warm standby", from ci-7 pid 4211
    broken: commands of that run are refused from now on (counter 2)
b: alice, run 4f2a91c3 of "Artifactory warm standby", from ci-7 pid 4211
    broken: commands of that run are refused from now on (counter 2)
`,
  )
  const [output] = await new Here('a').batch([fenced])
  t.true(output && isLeaseLost(output))
  const after = await locks(['list', '-i', 'lab'])
  t.regex(after.out, /^c: held\n {4}bob, run 77777777/)
  t.regex(after.out, /^a, b: free\n {4}the lease of run 4f2a91c3 was broken by \S+, from HERE, at DAY TIME UTC$/m)
  await hold('88888888', ['a', 'b'])
  t.is((await locks(['break', '-i', 'lab', '--run', '4f2a91c3'])).code, 5)
})

test('a run that holds nothing is not broken: who does is shown', async t => {
  const { hold, locks } = scene(t)
  await hold('4f2a91c3', ['a'])
  const { code, out } = await locks(['break', '-i', 'lab', '--run', '4f2a91c4'])
  t.is(code, 5)
  t.regex(out, /^no host has a lease of run 4f2a91c4; what they have:\n\na: held\n {4}alice, run 4f2a91c3/)
})

test('one that ran out says so', async t => {
  const { hold, locks } = scene(t)
  const leases = await hold('4f2a91c3', ['a'], { seconds: 1 })
  // It is left alone as a killed controller leaves it: its file is put back behind the release.
  const directory = leases.fence('a', { script: sh`:` }).args?.[0] ?? ''
  await leases.release()
  const rewrite = sh`sed -i -e 's/^state=.*/state=held/' -e 's/^expires=.*/expires=1000/' "$1/lease.1"`
  await new Here('a').batch([{ script: rewrite, args: [directory] }])
  const { out } = await locks(['list', '-i', 'lab', 'a'])
  t.regex(out, /^a: run out\n {4}alice.*\n {4}since .*, ran out .* ago: free for whoever comes\n/)
})

test('what cannot be reached is said, and the rest is shown', async t => {
  const { locks } = scene(t)
  const load: LoadConnect = async () => async (host, options) => {
    if (host.name !== 'b') return connect(host, options)
    throw new ConnectionError('b', 'refused', 'admin@b: the connection was refused', { hint: 'Does sshd run there?' })
  }
  const { code, out } = await locks(['list', '-i', 'lab'], load)
  t.is(code, 4)
  t.is(
    out,
    `a, c: free
b: unreachable
    admin@b: the connection was refused
    Does sshd run there?

2 free, 1 unreachable
`,
  )
})

test('what is wrong with the arguments, all at once; no host is touched', async t => {
  const { locks } = scene(t)
  const none: LoadConnect = async () => {
    throw new Error('nobody connects')
  }
  for (const [argv, message] of [
    [[], /^list or break\?/],
    [['steal', '-i', 'lab'], /^list or break\?/],
    [['break', '-i', 'lab'], /^whose leases\? --run is missing/],
    [['break'], /^which inventory\?[\s\S]*whose leases\?/],
    [['break', '-i', 'lab', '--run', "x'; y"], /^--run must be the id of a run/],
    [['list', '-i', 'lab', '--run', 'x'], /^--run belongs to break/],
    [['list', '-i', 'lab', 'a', 'b'], /^one PATTERN; got a b/],
  ] as const) {
    const { code, err } = await locks(argv, none)
    t.is(code, 1)
    t.regex(err, message)
  }
})

test('--help', async t => {
  const { code, out } = await scene(t).locks(['--help'])
  t.is(code, 0)
  for (const word of ['--run RUN', '--ask-become-pass', 'list ', 'break ']) t.true(out.includes(word), word)
})
