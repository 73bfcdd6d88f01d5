import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type ExecutionContext } from 'ava'
import { type Command, LEASE_LOST, sh } from '../../lib/command.ts'
import { breakLease, parseBroken } from '../../lib/lease/break.ts'
import { fence, isLeaseLost, whyLeaseLost } from '../../lib/lease/fence.ts'
import { lookAtLeases, parseLook } from '../../lib/lease/look.ts'
import type { LeaseOwner } from '../../lib/lease/owner.ts'
import { parseKeeping, releaseLease, renewLease } from '../../lib/lease/renew.ts'
import { parseTaking, takeLease } from '../../lib/lease/take.ts'
import { localRun } from '../helpers/local-run.ts'
import { isRoot } from '../helpers/me.ts'
import { scratch } from '../helpers/scratch.ts'
import { owner, shells } from './here.ts'

let nonces = 0
const nonce = (): string => `${process.pid}x${nonces++}`

/** A host's leases in a directory, with one shell. */
const hostIn = (directory: string, shell: readonly string[], beside?: string) => {
  const place = { directory, ...(beside !== undefined && { beside }) }
  const run = (command: Command) => localRun(command, shell)
  const writer = (who: LeaseOwner, seconds: number) => ({ owner: who, seconds, nonce: nonce(), place })
  return {
    run,
    take: async (who: LeaseOwner, seconds = 60) => parseTaking(await run(takeLease(writer(who, seconds)))),
    renew: async (who: LeaseOwner, counter: number, seconds = 60) =>
      parseKeeping(await run(renewLease({ ...writer(who, seconds), counter }))),
    release: async (who: LeaseOwner, counter: number) =>
      parseKeeping(await run(releaseLease({ ...writer(who, 60), counter }))),
    end: async (who: LeaseOwner, counter: number) =>
      parseBroken(await run(breakLease({ owner: who, directory, counter, nonce: nonce() }))),
    look: async () => (await Promise.all(lookAtLeases(place).map(run))).map(parseLook),
    fenced: (who: LeaseOwner, counter: number, command: Command = { script: sh`echo ran` }) =>
      run(fence(command, { directory, run: who.run, counter })),
    /** The text of a lease, rewritten as if its times were others. */
    rewrite: (counter: number, change: (text: string) => string) => {
      const file = join(directory, `lease.${counter}`)
      writeFileSync(file, change(readFileSync(file, 'utf8')))
    },
    files: () => readdirSync(directory).sort(),
  }
}

const expiresIn = (seconds: number) => (text: string) =>
  text.replace(/expires=\d+/, `expires=${Math.floor(Date.now() / 1000) + seconds}`)

const [a, b, c] = [owner('run-a'), owner('run-b', { owner: 'bob' }), owner('run-c')]

for (const { name, shell } of shells) {
  const fresh = (t: ExecutionContext) => hostIn(join(scratch(t), 'state/baton/lease'), shell)

  test(`${name}: a lease that is taken is in the way of others, with all that is known of it`, async t => {
    const host = fresh(t)
    const first = await host.take(a)
    t.like(first, { word: 'taken', counter: 1, lease: undefined })
    const second = await host.take(b)
    t.like(second, { word: 'held', counter: 1 })
    t.like(second.lease, { state: 'held', run: 'run-a', owner: 'alice', from: 'ci-7 pid 4211', ttl: 60 })
    t.is(second.lease?.playbook, 'Artifactory warm standby')
    t.true(second.left > 50 && second.left <= 60)
    t.is(Date.parse(second.lease?.since ?? '') / 1000, first.now)
    t.deepEqual(host.files(), ['lease.1'])
  })

  test(`${name}: released, run out, broken or of the same run, it can be had, and the counter grows`, async t => {
    const host = fresh(t)
    await host.take(a)
    t.is((await host.release(a, 1)).word, 'kept')
    t.like(await host.take(b), { word: 'taken', counter: 2 })
    host.rewrite(2, expiresIn(-3))
    const third = await host.take(c)
    t.like(third, { word: 'taken', counter: 3 })
    t.like(third.lease, { run: 'run-b', state: 'held' })
    t.like(await host.take(c), { word: 'taken', counter: 4 })
    t.like(await host.end({ ...c, owner: 'carol' }, 4), { word: 'broken', counter: 5 })
    t.like((await host.look())[0]?.lease, { state: 'broken', owner: 'carol', run: 'run-c' })
    t.like(await host.take(a), { word: 'taken', counter: 6 })
    t.deepEqual(host.files(), ['lease.5', 'lease.6'])
  })

  test(`${name}: one of a run that is known to have ended can be had at once, and no other`, async t => {
    const host = fresh(t)
    await host.take(a)
    t.is((await host.take({ ...b, ended: c.run })).word, 'held')
    t.like(await host.take({ ...b, ended: a.run }), { word: 'taken', counter: 2 })
  })

  test(`${name}: a renewal reaches further; of a lease that another run has it does nothing`, async t => {
    const host = fresh(t)
    await host.take(a, 5)
    const { lease } = await host.renew(a, 1, 500)
    t.like(lease, { state: 'held', run: 'run-a', ttl: 500 })
    t.like(await host.take(b), { word: 'held' })
    host.rewrite(1, expiresIn(-1))
    await host.take(b)
    const lost = await host.renew(a, 1)
    t.like(lost, { word: 'lost', counter: 2 })
    t.is(lost.lease?.run, 'run-b')
    t.like(await host.release(a, 1), { word: 'lost' })
    t.like((await host.look())[0]?.lease, { run: 'run-b', state: 'held' })
  })

  test(`${name}: one that has run out, and that nobody took, is renewed`, async t => {
    const host = fresh(t)
    await host.take(a)
    host.rewrite(1, expiresIn(-100))
    t.is((await host.renew(a, 1)).word, 'kept')
    t.is((await host.take(b)).word, 'held')
  })

  test(`${name}: fenced, a command does what it did, with its arguments, content and code`, async t => {
    const host = fresh(t)
    await host.take(a)
    const output = await host.fenced(a, 1, {
      script: sh`printf '%s|' "$#" "$@" "\${baton_seen-unset}" "\${baton_top-unset}" "\${baton_file-unset}"; cat; exit 7`,
      args: ['one', "it's", ''],
      stdin: 'content',
    })
    t.is(output.stdout.toString(), "3|one|it's||unset|unset|unset|content")
    t.is(output.code, 7)
    t.false(isLeaseLost(output))
    const pretender = await host.fenced(a, 1, { script: sh`echo baton-fence-1234 >&2; exit 76` })
    t.false(isLeaseLost(pretender))
  })

  for (const [how, now, change] of [
    ['taken over', 'run-a 2', host => host.take(a)],
    ['broken', 'broken 2', host => host.end(a, 1)],
    ['released', 'released 1', host => host.release(a, 1)],
    ['gone', 'none that can be read', async () => {}],
  ] as readonly (readonly [string, string, (host: ReturnType<typeof fresh>) => Promise<unknown>])[])
    test(`${name}: a lease that is ${how} refuses what is fenced by it`, async t => {
      const host = fresh(t)
      await host.take(a)
      t.is((await host.fenced(a, 1)).stdout.toString(), 'ran\n')
      if (how === 'gone') rmSync(join((await host.look())[0]!.directory, 'lease.1'))
      await change(host)
      const output = await host.fenced(a, 1)
      t.true(isLeaseLost(output))
      t.is(output.code, LEASE_LOST)
      t.is(whyLeaseLost(output), `the lease of this run is over; on the host is now: ${now}`)
      t.is(output.stdout.toString(), '')
    })

  test(`${name}: a renewal that was stopped in its middle for three other runs long brings nothing back`, async t => {
    const host = fresh(t)
    await host.take(a)
    const { directory } = (await host.look())[0]!
    const old = readFileSync(join(directory, 'lease.1'))
    await host.end(a, 1)
    for (const run of ['x', 'x', 'x']) await host.take(owner(run))
    t.deepEqual(host.files(), ['lease.4', 'lease.5'])
    // Its file comes back, and the next one has long been removed.
    writeFileSync(join(directory, 'lease.1'), old)
    t.true(isLeaseLost(await host.fenced(a, 1)))
    t.is((await host.renew(a, 1)).word, 'lost')
    t.like(await host.take(b), { word: 'held', counter: 5 })
  })

  test(`${name}: somebody removed all leases, and another run has the same number: it is still another run's`, async t => {
    const host = fresh(t)
    const { directory } = await host.take(a)
    rmSync(directory, { recursive: true })
    t.like(await host.take(b), { word: 'taken', counter: 1 })
    t.like(await host.renew(a, 1), { word: 'lost' })
    t.like(await host.release(a, 1), { word: 'lost' })
    t.true(isLeaseLost(await host.fenced(a, 1)))
    t.like((await host.look())[0]?.lease, { run: 'run-b', state: 'held' })
  })

  test(`${name}: a clock that went back holds nobody off for longer than a lease`, async t => {
    const host = fresh(t)
    await host.take(a, 10)
    host.rewrite(1, expiresIn(100_000))
    const first = await host.take(b)
    t.is(first.word, 'held')
    t.true(first.left <= 10)
    const noted = join(first.directory, 'unsure')
    const [at, of] = readFileSync(noted, 'utf8').trim().split(' ')
    writeFileSync(noted, `${Number(at) - 4} ${of}\n`)
    const second = await host.take(b)
    t.true(second.left <= 6)
    writeFileSync(noted, `${Number(at) - 11} ${of}\n`)
    t.is((await host.take(b)).word, 'taken')
  })

  test(`${name}: a holder that lives puts its lease right, and what was noted counts no more`, async t => {
    const host = fresh(t)
    await host.take(a, 10)
    host.rewrite(1, expiresIn(100_000))
    const { directory } = await host.take(b)
    const noted = join(directory, 'unsure')
    writeFileSync(
      noted,
      readFileSync(noted, 'utf8').replace(/^\d+/, at => String(Number(at) - 100)),
    )
    await host.renew(a, 1, 10)
    t.is((await host.take(b)).word, 'held')
  })

  for (const [what, text] of [
    ['empty', ''],
    ['garbage', '\0\u001b[2J=\nrun\nexpires=\nttl=$(touch /tmp/x)\nstate\n'],
    ['numbers beyond all sense', 'state=held\nexpires=99999999999999999999\nttl=08\n'],
  ] as const)
    test(`${name}: a lease that is ${what} is believed for one lease and no longer`, async t => {
      const host = fresh(t)
      await host.take(a, 10)
      host.rewrite(1, () => text)
      const held = await host.take(b, 10)
      t.like(held, { word: 'held', lease: undefined })
      t.true(held.left <= 10)
      const noted = join(held.directory, 'unsure')
      writeFileSync(
        noted,
        readFileSync(noted, 'utf8').replace(/^\d+/, at => String(Number(at) - 10)),
      )
      t.like(await host.take(b, 10), { word: 'taken', counter: 2 })
    })

  test(`${name}: files that are no lease change nothing`, async t => {
    const host = fresh(t)
    const { directory } = await host.take(a)
    for (const other of ['lease.', 'lease.x', 'lease.007', 'lease.1.5', 'lease.99999999999999999999', 'lease.-3', 'x'])
      writeFileSync(join(directory, other), 'run-b 1\n')
    t.is((await host.fenced(a, 1)).stdout.toString(), 'ran\n')
    t.is((await host.renew(a, 1)).word, 'kept')
    t.like(await host.take(b), { word: 'held', counter: 1 })
  })

  test(`${name}: the leases of two users of a host exclude each other`, async t => {
    const base = scratch(t)
    const system = hostIn(join(base, 'system'), shell, join(base, 'user'))
    const user = hostIn(join(base, 'user'), shell, join(base, 'system'))
    await system.take(a)
    t.like(await user.take(b), { word: 'held', directory: join(base, 'system') })
    t.like(await user.take(a), { word: 'taken' })
    await system.release(a, 1)
    t.like(await system.take(b), { word: 'held', directory: join(base, 'user') })
    const [own, beside] = await user.look()
    t.like(own?.lease, { run: 'run-a', state: 'held' })
    t.like(beside?.lease, { run: 'run-a', state: 'released' })
    await user.release(a, 1)
    t.like(await system.take(b), { word: 'taken', counter: 2 })
  })

  test(`${name}: text that means something to a shell is only text`, async t => {
    const host = fresh(t)
    const odd = owner('run-a', {
      owner: '$(id) `id` "x" \\n',
      from: 'a=b\nstate=released',
      playbook: "it's %s \u001b[2J",
    })
    await host.take(odd)
    const held = await host.take(b)
    t.like(held.lease, { state: 'held', owner: '$(id) `id` "x" \\n', from: 'a=b state=released' })
    t.is(held.lease?.playbook, "it's %s  [2J")
  })

  test(`${name}: a lease that changed meanwhile is not broken`, async t => {
    const host = fresh(t)
    await host.take(a)
    await host.take(a)
    t.is((await host.end(a, 1)).word, 'changed')
    t.is((await host.end(b, 2)).word, 'changed')
    t.is((await host.renew(a, 2)).word, 'kept')
    await host.release(a, 2)
    t.is((await host.end(a, 2)).word, 'changed')
  })

  test(`${name}: where nothing can be written, the reason is said`, async t => {
    const base = scratch(t)
    writeFileSync(join(base, 'file'), '')
    await t.throwsAsync(hostIn(join(base, 'file/lease'), shell).take(a), { message: /file/ })
  })

  test(`${name}: looking writes nothing`, async t => {
    const base = scratch(t)
    t.deepEqual(await hostIn(join(base, 'none'), shell, join(base, 'neither')).look(), [undefined, undefined])
    t.deepEqual(readdirSync(base), [])
  })
}

const readOnly = isRoot ? test : test.skip
const inMounts = (script: string, args: readonly string[]) =>
  spawnSync('unshare', ['--mount', 'sh', '-c', script, 'sh', ...args], { encoding: 'utf8' })

readOnly('read-only and full file systems: a clear error, and no half of a lease', t => {
  const base = scratch(t)
  for (const [how, mount, words] of [
    ['ro', 'mount -t tmpfs -o ro tmpfs "$1"', /Read-only file system/],
    [
      'full',
      'mount -t tmpfs -o size=4k tmpfs "$1" && { head -c 9000 /dev/zero >"$1/fill"; true; }',
      /No space left|I\/O error|write error/,
    ],
  ] as const) {
    const directory = join(base, how)
    mkdirSync(directory)
    const place = { directory: join(directory, '.'), beside: '' }
    const { script, args = [] } = takeLease({ owner: a, seconds: 9, nonce: nonce(), place })
    const taken = inMounts(
      `${mount} 2>/dev/null; text=$2; where=$1; shift 2; sh -c "$text" sh "$@"; code=$?; ls -A "$where"; exit $code`,
      [directory, script, ...args],
    )
    t.is(taken.status, 1, taken.stderr + taken.stdout)
    t.regex(taken.stderr, words)
    t.notRegex(taken.stdout, /lease|new|taken/)
  }
})

test('a user without rights in the directory gets a clear error', async t => {
  const base = scratch(t)
  mkdirSync(join(base, 'closed'))
  const shell = isRoot ? ['setpriv', '--reuid=65534', '--clear-groups', 'sh'] : ['sh']
  chmodSync(base, 0o755)
  chmodSync(join(base, 'closed'), 0o555)
  await t.throwsAsync(hostIn(join(base, 'closed/lease'), shell).take(a), { message: /Permission denied/ })
})

test('a fence that cannot be read refuses: unknown is not ok', async t => {
  const base = scratch(t)
  chmodSync(base, 0o755)
  const directory = join(base, 'lease')
  await hostIn(directory, ['sh']).take(a)
  chmodSync(directory, 0o700)
  const other = isRoot ? ['setpriv', '--reuid=65534', '--clear-groups', 'sh'] : ['sh']
  if (!isRoot) chmodSync(directory, 0)
  const output = await hostIn(directory, other).fenced(a, 1)
  chmodSync(directory, 0o755)
  t.true(isLeaseLost(output))
  t.regex(output.stderr.toString(), /none that can be read/)
  t.is((await hostIn(directory, other).fenced(a, 1)).stdout.toString(), 'ran\n')
})
