/** Leases on real hosts: controllers that race, are stopped, are killed, and are cut off. It has a lab of its own. Needs root. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { locksVerb } from '../../lib/cli/locks-verb.ts'
import { sh } from '../../lib/command.ts'
import { connect } from '../../lib/connection/connect.ts'
import type { Connection } from '../../lib/connection/connection.ts'
import { Refusal } from '../../lib/errors.ts'
import { isLeaseLost } from '../../lib/lease/fence.ts'
import { Leases } from '../../lib/lease/leases.ts'
import type { LeaseOwner } from '../../lib/lease/owner.ts'
import { fakeTerminal } from '../cli/terminal.ts'
import { project } from '../inventory/project.ts'
import { hostVars, Lab, type LabHost, labPossible } from '../lab/lab.ts'
import { ownCheckout } from '../lab/names.ts'
import type { Order, Settings } from '../lease/controller.ts'
import { owner } from '../lease/here.ts'

const possible = labPossible()
if (!possible.ok) console.warn(`left out: ${possible.why}`)
const real = possible.ok ? test.serial : test.serial.skip

const checkout = await mkdtemp(join(tmpdir(), 'baton-leases-'))
const lab = new Lab({ checkout })
const access = { key: join(checkout, '.lab/id_ed25519'), knownHosts: join(checkout, '.lab/known_hosts') }
let left: LabHost
let right: LabHost

test.before(async t => {
  if (!possible.ok) return
  t.timeout(600_000)
  ;[left, right] = (await lab.up(['left', 'right'])) as [LabHost, LabHost]
})
test.after.always(async () => {
  if (possible.ok) await lab.down()
  await rm(checkout, { recursive: true, force: true })
})

interface Line {
  readonly said: unknown
  readonly [key: string]: unknown
}

/** A process with leases of its own. */
class Controller {
  readonly child: ChildProcess
  readonly lines: Line[] = []

  constructor(t: ExecutionContext, run: string, more: Partial<Settings> = {}) {
    const settings: Settings = { run, seconds: 4, as: 'root', ...access, hosts: { left: left.address }, ...more }
    const argv = ['--import=tsx', 'test/lease/controller.ts', JSON.stringify(settings)]
    this.child = spawn(process.execPath, argv, { cwd: ownCheckout, stdio: ['pipe', 'pipe', 'inherit'] })
    createInterface({ input: this.child.stdout! }).on('line', line => this.lines.push(JSON.parse(line) as Line))
    t.teardown(() => this.child.kill('SIGKILL'))
  }

  order(order: Order): void {
    this.child.stdin?.write(`${JSON.stringify(order)}\n`)
  }

  /** The next line that says one of these, from the given one on. */
  async hears(...what: readonly string[]): Promise<Line> {
    for (const end = performance.now() + 90_000; ; await sleep(50)) {
      const found = this.lines.find(({ said }) => typeof said === 'string' && what.includes(said))
      if (found) return found
      if (performance.now() > end) throw new Error(`${what.join(' or ')} never came: ${JSON.stringify(this.lines)}`)
    }
  }

  /** Takes its leases, however often that needs to be tried. */
  async takes(): Promise<void> {
    for (;;) {
      this.order({ do: 'take' })
      const { said } = await this.hears('taken', 'error')
      if (said === 'taken') return
      this.lines.length = 0
      await sleep(300)
    }
  }
}

const there = async (host: LabHost, path: string): Promise<boolean> =>
  (await host.exec(['test', '-e', path])).code === 0
const comes = async (host: LabHost, path: string): Promise<void> => {
  while (!(await there(host, path))) await sleep(100)
}

const hostNamed = (host: LabHost) => ({
  name: host.name,
  groups: [],
  vars: {},
  connection: {
    type: 'ssh' as const,
    address: host.address,
    user: 'admin',
    identityFiles: [access.key],
    knownHostsFile: access.knownHosts,
    sshConfigFile: 'none',
  },
})

/** A run in this process. */
const start = async (t: ExecutionContext, who: LeaseOwner, { seconds = 3, host = left } = {}) => {
  const connection: Connection = await connect(hostNamed(host))
  const losses: Refusal[] = []
  const leases = new Leases(who, {
    seconds,
    connect: async () => connection,
    send: () => {},
    lost: error => losses.push(error),
  })
  t.teardown(async () => {
    await leases.release()
    await connection.close()
  })
  const take = () => leases.take({ host: host.name, as: 'root' })
  return { connection, leases, losses, take }
}

real('two controllers at once: one has all hosts, the other none', async t => {
  const hosts = { left: left.address, right: right.address }
  const both = [new Controller(t, 'run-a', { hosts, seconds: 30 }), new Controller(t, 'run-b', { hosts, seconds: 30 })]
  await Promise.all(both.map(one => one.hears('ready')))
  for (const one of both) one.order({ do: 'take' })
  const ends = await Promise.all(both.map(one => one.hears('taken', 'error')))
  t.deepEqual(ends.map(({ said }) => said).sort(), ['error', 'taken'])
  const error = ends.find(({ said }) => said === 'error')
  t.is(error?.name, 'Refusal')
  t.regex(String(error?.message), /no lease on left[\s\S]*, run run-[ab] of "test", from .* pid \d+, since/)
  const winner = both[ends.findIndex(({ said }) => said === 'taken')]!
  const loser = both.find(one => one !== winner)!
  winner.order({ do: 'release' })
  await winner.hears('released')
  await loser.takes()
  loser.order({ do: 'release' })
  await loser.hears('released')
  t.pass()
})

real('a controller that is stopped past its lease: what it left in the pipe is refused when it is reached', async t => {
  const stopped = new Controller(t, 'stopped')
  await stopped.takes()
  const folder = '/root/stopped'
  await left.run(['mkdir', folder])
  stopped.order({
    do: 'batch',
    host: 'left',
    scripts: [
      `: >${folder}/begun; until [ -e ${folder}/go ]; do sleep 0.1; done; : >${folder}/first`,
      `: >${folder}/second`,
      `: >${folder}/third`,
    ],
  })
  await comes(left, `${folder}/begun`)
  stopped.child.kill('SIGSTOP')
  const next = new Controller(t, 'next')
  await next.takes()
  // The host goes on with what the stopped one has left in its shell's pipe.
  await left.run(['touch', `${folder}/go`])
  await comes(left, `${folder}/first`)
  await sleep(2000)
  t.is(await left.run(['ls', folder]), 'begun\nfirst\ngo\n')
  stopped.child.kill('SIGCONT')
  const { codes } = await stopped.hears('batch')
  t.deepEqual(codes, [0, 76, 76])
  const { message } = await stopped.hears('lost')
  t.regex(String(message), /^the lease on left was taken over by .*, run next of "test", from .* pid \d+, at /)
  t.is(await left.run(['ls', folder]), 'begun\nfirst\ngo\n')
  t.false(next.lines.some(({ said }) => said === 'lost'))
  // What it begins after it has woken up comes no further than itself.
  stopped.order({ do: 'batch', host: 'left', scripts: [`: >${folder}/fourth`] })
  t.is((await stopped.hears('error')).name, 'Refusal')
  next.order({ do: 'release' })
  await next.hears('released')
})

real('a controller that is killed: others wait until its lease has run out, the same run does not', async t => {
  const killed = new Controller(t, 'killed', { seconds: 30 })
  await killed.takes()
  killed.child.kill('SIGKILL')
  const other = await start(t, owner('other'))
  await t.throwsAsync(other.take(), { instanceOf: Refusal, message: /run killed of "test"/ })
  const again = await start(t, owner('killed'), { seconds: 3 })
  await again.take()
  await again.leases.release()

  const dead = new Controller(t, 'dead', { seconds: 3 })
  await dead.takes()
  dead.child.kill('SIGKILL')
  let refused = 0
  for (;;)
    try {
      await other.take()
      break
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refused++
      await sleep(300)
    }
  t.true(refused > 0)
  await other.leases.release()
})

real('a long command keeps its lease, also where the host allows one session a connection', async t => {
  t.timeout(120_000)
  await left.copyIn(Buffer.from('MaxSessions 1\n'), '/etc/ssh/sshd_config.d/one.conf')
  await left.run(['systemctl', 'reload', 'ssh'])
  t.teardown(async () => {
    await left.run(['rm', '/etc/ssh/sshd_config.d/one.conf'])
    await left.run(['systemctl', 'reload', 'ssh'])
  })
  const { take, leases, losses, connection } = await start(t, owner('long'), { seconds: 6 })
  await take()
  const command = leases.fence('left', { script: sh`sleep 15; echo "$(id -un)"` })
  const working = connection.batch([command], { as: 'root' })
  const other = await start(t, owner('other'))
  let over = false
  void working.finally(() => {
    over = true
  })
  let refused = 0
  while (!over) {
    await t.throwsAsync(other.take(), { instanceOf: Refusal })
    refused++
    await sleep(500)
  }
  t.is((await working)[0]?.stdout.toString(), 'root\n')
  t.true(refused > 3)
  t.deepEqual(losses, [])
  const [after] = await connection.batch([leases.fence('left', { script: sh`echo still` })], { as: 'root' })
  t.is(after?.stdout.toString(), 'still\n')
  await leases.release()
})

real('a host that is cut off: the lease is over, on both sides', async t => {
  const { take, losses, leases } = await start(t, owner('cut'), { seconds: 3, host: right })
  await take()
  await right.partition()
  t.teardown(() => right.heal())
  while (losses.length === 0) await sleep(100)
  t.regex(losses[0]?.message ?? '', /^the lease on right has run out: for 3 s it could not be renewed/)
  t.throws(() => leases.fence('right', { script: sh`:` }), { instanceOf: Refusal })
  await right.heal()
  const other = await start(t, owner('other'), { host: right })
  // A renewal that was under way when the cut came may arrive now, and is good for three seconds more, though nobody uses it.
  for (let tries = 1; ; tries++)
    try {
      await other.take()
      break
    } catch (error) {
      if (!(error instanceof Refusal) || tries === 20) throw error
      await sleep(500)
    }
  await other.leases.release()
})

real('a host that lost its power in between: its lease runs out as any other', async t => {
  const { take } = await start(t, owner('before'), { seconds: 120, host: right })
  await take()
  await right.powerCut()
  await right.start()
  const other = await start(t, owner('other'), { host: right })
  await t.throwsAsync(other.take(), { instanceOf: Refusal, message: /run before / })
  const again = await start(t, owner('before'), { host: right })
  await again.take()
  await again.leases.release()
})

real('root’s lease and the login user’s exclude each other; other users’ commands are fenced by root’s', async t => {
  const [root, user] = [await start(t, owner('as-root')), await start(t, owner('as-admin'))]
  const login = { host: 'left', as: undefined }
  await user.leases.take(login)
  t.is((await left.exec(['test', '-e', '/home/admin/.local/state/baton/lease'])).code, 0)
  await t.throwsAsync(root.take(), { instanceOf: Refusal, message: /run as-admin / })
  await user.leases.release()
  await root.take()
  await t.throwsAsync(user.leases.take(login), { instanceOf: Refusal, message: /run as-root / })
  const fenced = root.leases.fence('left', { script: sh`id -un` })
  t.is((await root.connection.batch([fenced], { as: 'postgres' }))[0]?.stdout.toString(), 'postgres\n')
  await root.leases.release()
  const [late] = await root.connection.batch([fenced], { as: 'postgres' })
  t.true(late && isLeaseLost(late))
})

real('locks list shows who holds what, and locks break ends it', async t => {
  const all = { web: { hosts: Object.fromEntries([left, right].map(host => [host.name, hostVars(host.address)])) } }
  const cwd = await project(t, { 'inventories/lab.yml': JSON.stringify(all).replaceAll('.lab/', `${checkout}/.lab/`) })
  const locks = async (...argv: string[]) => {
    const fake = fakeTerminal(cwd)
    const code = await locksVerb(argv, fake.terminal)
    return { code, out: fake.out(), err: fake.err() }
  }
  const { take, leases, losses, connection } = await start(t, owner('4f2a91c3'), { seconds: 30 })
  await take()
  const fenced = leases.fence('left', { script: sh`echo ran` })
  const list = await locks('list', '-i', 'lab')
  t.log(list.out)
  t.like(list, { code: 0, err: '' })
  t.regex(list.out, /^left: held\n {4}alice, run 4f2a91c3 of/)
  t.is((await locks('break', '-i', 'lab', '--run', 'nobody')).code, 5)
  const broken = await locks('break', '-i', 'lab', '--run', '4f2a91c3')
  t.log(broken.out)
  t.is(broken.code, 0, broken.err)
  const [late] = await connection.batch([fenced], { as: 'root' })
  t.true(late && isLeaseLost(late))
  while (losses.length === 0) await sleep(100)
  t.regex(losses[0]?.message ?? '', /^the lease on left was broken by /)
})
