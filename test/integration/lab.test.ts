/**
 * The lab itself, for real. It has a checkout of its own in a temporary directory, so that it meets no other lab's hosts.
 * Needs root; run by test/run.sh.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { ports } from '../lab/artifactory/install.ts'
import { Lab, type LabHost, labPossible } from '../lab/lab.ts'
import { look } from '../lab/machine/container.ts'
import { attempt, run } from '../lab/machine/run.ts'
import { claimDirectory, ownCheckout } from '../lab/names.ts'
import { artifactoryHealthy } from '../lab/provision.ts'

const possible = labPossible()
if (!possible.ok) console.warn(`left out: ${possible.why}`)
const real = possible.ok ? test.serial : test.serial.skip

const newCheckout = (): Promise<string> => mkdtemp(join(tmpdir(), 'baton-lab-test-'))
const checkout = await newCheckout()
const lab = new Lab({ checkout })

test.after.always(async () => {
  if (possible.ok) await lab.down()
  await rm(checkout, { recursive: true, force: true })
})

/** OpenSSH itself, with the files that `up` wrote and nothing else: unknown and changed host keys are refused. */
function ssh(host: LabHost, ...command: string[]) {
  const options = ['StrictHostKeyChecking=yes', `UserKnownHostsFile=${checkout}/.lab/known_hosts`, 'ConnectTimeout=5']
  const flags = ['-F', 'none', '-i', `${checkout}/.lab/id_ed25519`, ...options.flatMap(option => ['-o', option])]
  return attempt(['ssh', ...flags, '-o', 'BatchMode=yes', `admin@${host.address}`, ...command])
}

const pair = async (): Promise<[LabHost, LabHost]> => [await lab.host('left'), await lab.host('right')]

/** Everything on this machine that has the lab's id in its name. */
async function traces(id: string): Promise<string[]> {
  const listings = [
    await readFile('/proc/self/mountinfo', 'utf8'),
    await run(['ip', 'netns', 'list']),
    await run(['ip', 'link']),
    await run(['ps', '-eww', '-o', 'args']),
    await run(['find', '/sys/fs/cgroup', '-name', `*${id}*`]),
    await run(['find', '/run', '-xdev', '-name', `*${id}*`, '-not', '-path', '/run/lock/baton-lab/*']),
    await run(['find', '/var/lib/baton-lab', '-maxdepth', '1', '-name', `*${id}*`]),
    await run(['grep', '-rs', id, claimDirectory]).catch(() => ''),
  ]
  // Deleted interfaces and groups leave some time after the command that deletes them.
  return listings.flatMap(listing => listing.split('\n')).filter(line => line.includes(id) && !line.startsWith('find'))
}

async function leavesNothing(t: ExecutionContext, id: string): Promise<void> {
  for (let tries = 0; tries < 50 && (await traces(id)).length > 0; tries++) await sleep(100)
  t.deepEqual(await traces(id), [])
}

real('two hosts let an admin in over ssh, each with an identity of its own', async t => {
  t.timeout(300_000)
  const [left, right] = (await lab.up(['left', 'right'])) as [LabHost, LabHost]
  const seen = []
  for (const host of [left, right]) {
    const { stdout, stderr, code } = await ssh(host, 'hostname; cat /etc/machine-id; sudo -n id -u')
    t.is(code, 0, stderr)
    seen.push(stdout)
  }
  const [a, b] = seen.map(output => output.trim().split('\n'))
  t.deepEqual([a?.[0], a?.[2]], ['left', '0'])
  t.deepEqual([b?.[0], b?.[2]], ['right', '0'])
  t.not(a?.[1], b?.[1])
  t.not(
    await left.run(['cat', '/etc/ssh/ssh_host_ed25519_key.pub']),
    await right.run(['cat', '/etc/ssh/ssh_host_ed25519_key.pub']),
  )
  t.is((await stat(join(checkout, '.lab'))).mode & 0o777, 0o700)
  t.is((await stat(join(checkout, '.lab/id_ed25519'))).mode & 0o777, 0o600)
})

real('the operator needs the password for sudo, and root has no key', async t => {
  const [left] = await pair()
  const { operator } = JSON.parse(await readFile(join(checkout, '.lab/passwords.json'), 'utf8'))
  const sudo = ['sudo', '-S', '-k', 'id', '-u']
  t.is((await left.exec(sudo, { user: 'operator', input: `${operator}\n` })).stdout, '0\n')
  t.is((await left.exec(sudo, { user: 'operator', input: 'wrong\n' })).code, 1)
  t.is((await left.exec(['test', '-e', '/root/.ssh/authorized_keys'])).code, 1)
})

real('the image has what playbooks need, and no database cluster', async t => {
  const [left] = await pair()
  t.is(await left.run(['pg_lsclusters', '--no-header']), '')
  t.regex(await left.run(['/usr/lib/postgresql/17/bin/postgres', '--version']), / 17\./)
  t.is((await left.exec(['rrsync', '-h'])).code, 0)
  await left.run(['apt-get', 'install', '-qq', 'baton-lab-hello=1.0'])
  t.is(await left.run(['cat', '/usr/share/baton-lab-hello/greeting']), 'hello 1.0\n')
  await left.run(['sh', '-c', 'apt-get update -qq && apt-get install -qq baton-lab-hello'])
  t.is(await left.run(['cat', '/usr/share/baton-lab-hello/greeting']), 'hello 1.1\n')
  t.is((await left.exec(['systemctl', 'is-enabled', 'artifactory'])).stdout, 'disabled\n')
})

real('exec tells exit code, signal, stdout and stderr apart, and takes stdin', async t => {
  const [left] = await pair()
  const ended = await left.exec(['sh', '-c', 'cat; echo "$1" >&2; exit 7', 'sh', "it's $HOME"], { input: 'in\n' })
  t.deepEqual(ended, { code: 7, signal: undefined, stdout: 'in\n', stderr: "it's $HOME\n" })
  const killed = await left.exec(['sh', '-c', 'kill -KILL $$'])
  t.not(killed.code, 0)
  await t.throwsAsync(left.run(['false']), { message: /left: false: 1/ })
})

real('up again changes nothing', async t => {
  const before = (await pair()).map(host => look(host.files).leader)
  await lab.up(['left', 'right'])
  t.deepEqual(
    (await pair()).map(host => look(host.files).leader),
    before,
  )
  t.true(before.every(leader => leader !== undefined))
})

real('a copied file arrives with owner and mode, and shows in the upper directory', async t => {
  const [left] = await pair()
  const bytes = Buffer.from([0, 255, 10, 13])
  await left.copyIn(bytes, '/srv/copied', { owner: 'postgres:postgres', mode: '0640' })
  t.deepEqual(await readFile(join(left.upper, 'srv/copied')), bytes)
  t.is(await left.run(['stat', '-c', '%U %a', '/srv/copied']), 'postgres 640\n')
})

real('a power cut ends everything at once; what was written and the address stay', async t => {
  const [left] = await pair()
  await left.run(['sh', '-c', 'echo kept >/srv/kept; sync'])
  await left.powerCut()
  t.is(left.status(), 'off')
  t.not((await ssh(left, 'true')).code, 0)
  await t.throwsAsync(left.exec(['true']), { message: /left is off/ })
  await left.start()
  t.is((await ssh(left, 'cat /srv/kept')).stdout, 'kept\n')
})

real('a reboot asked for from inside keeps the address', async t => {
  const [left, right] = await pair()
  const { leader } = look(left.files)
  await left.reboot()
  t.not(look(left.files).leader, leader)
  t.is((await ssh(left, 'hostname')).stdout, 'left\n')
  t.is(right.status(), 'running')
})

real('a host that powers off stays off until it is started', async t => {
  const [left] = await pair()
  await left.powerOff()
  t.is(left.status(), 'off')
  await left.start()
  t.is((await ssh(left, 'hostname')).stdout, 'left\n')
})

real('a frozen host does not answer, and goes on where it was', async t => {
  const [left] = await pair()
  await left.freeze()
  t.is(left.status(), 'frozen')
  t.not((await ssh(left, 'true')).code, 0)
  left.thaw()
  t.is((await ssh(left, 'hostname')).stdout, 'left\n')
})

real('a partition cuts a host off from everybody, deafness from one host in one direction', async t => {
  const [left, right] = await pair()
  const reach = async (from: LabHost, to: LabHost): Promise<boolean> =>
    (await from.exec(['timeout', '2', 'bash', '-c', 'exec 3<>"/dev/tcp/$0/22"', to.address])).code === 0
  t.true(await reach(right, left))
  await left.partition()
  t.false(await reach(right, left))
  t.not((await ssh(left, 'true')).code, 0)
  await left.heal()
  t.true(await reach(right, left))
  await left.deafTo(right)
  t.false(await reach(right, left))
  t.is((await ssh(left, 'hostname')).stdout, 'left\n')
  await left.heal()
  t.true(await reach(right, left))
})

real('reset gives a fresh disk, with the same keys and address', async t => {
  const [left] = await pair()
  await left.run(['sh', '-c', 'echo gone >/srv/gone'])
  await lab.reset('left')
  const { stdout, stderr } = await ssh(left, 'test -e /srv/gone || echo fresh')
  t.is(stdout, 'fresh\n', stderr)
})

real('one host can go, and come back with its address', async t => {
  const [left, right] = await pair()
  await lab.remove(['right'])
  t.deepEqual(
    (await lab.hosts()).map(host => host.name),
    ['left'],
  )
  t.deepEqual(
    (await traces(lab.names.id)).filter(line => line.includes('right')),
    [],
  )
  t.notRegex(await readFile(join(checkout, '.lab/known_hosts'), 'utf8'), /right/)
  t.deepEqual(await readdir(join(checkout, 'inventories/lab/host_vars')), ['left.yml'])
  t.is(left.status(), 'running')
  const [again] = await lab.up(['right'])
  t.is(again?.address, right.address)
})

real('up repairs what is frozen, cut off, off, unmounted or unplugged', async t => {
  const [left, right] = await pair()
  await left.freeze()
  await left.partition()
  await right.powerCut()
  await run(['umount', right.files.root])
  await run(['ip', 'netns', 'delete', right.files.netns])
  await run(['ip', 'link', 'delete', 'dev', lab.names.uplink])
  await rm(join(checkout, '.lab'), { recursive: true })
  await lab.up(['left', 'right'])
  for (const host of [left, right]) t.is((await ssh(host, 'hostname')).stdout, `${host.name}\n`)
})

real('labs of two checkouts run side by side, and one of a vanished checkout is removed', async t => {
  const other = new Lab({ checkout: await newCheckout() })
  await other.up(['left'])
  const state = await other.state()
  t.not(state?.network, (await lab.state())?.network)
  for (const each of [lab, other]) t.is(await (await each.host('left')).run(['hostname']), 'left\n')
  await rm(other.names.checkout, { recursive: true })
  await lab.up(['left'])
  await leavesNothing(t, other.names.id)
  t.is(await (await lab.host('left')).run(['hostname']), 'left\n')
})

/** Starts `up` as a process and kills it after `ms`; returns whether it was still at work then. */
async function killedUp(at: string, ms: number): Promise<boolean> {
  const argv = ['--import=tsx', join(ownCheckout, 'test/lab/cli.ts'), 'up', 'left', 'right']
  const child = spawn(process.execPath, argv, {
    cwd: ownCheckout,
    env: { ...process.env, BATON_LAB_CHECKOUT: at },
    stdio: 'ignore',
  })
  const exit = new Promise<NodeJS.Signals | null>(resolve => child.on('exit', (_, signal) => resolve(signal)))
  await Promise.race([sleep(ms), exit])
  child.kill('SIGKILL')
  return (await exit) === 'SIGKILL'
}

real('killed at any moment, up leaves what the next up repairs and down removes', async t => {
  t.timeout(300_000)
  const fragile = new Lab({ checkout: await newCheckout() })
  let kills = 0
  // Its work takes some seconds from nothing: the moments are spread over it until one finds it done.
  for (let ms = 300; await killedUp(fragile.names.checkout, ms); ms += 400) {
    kills++
    if (kills % 2 === 0) {
      await fragile.down()
      await leavesNothing(t, fragile.names.id)
    } else {
      const hosts = await fragile.up(['left', 'right'])
      for (const host of hosts) t.is(await host.run(['hostname']), `${host.name}\n`)
      await fragile.down()
    }
  }
  t.log(`${kills} kills`)
  t.true(kills >= 3)
  await fragile.down()
  await leavesNothing(t, fragile.names.id)
  await rm(fragile.names.checkout, { recursive: true, force: true })
})

real('the two hosts of the standby playbook are provisioned once', async t => {
  const [node1, node2] = (await lab.up(['node1', 'node2'])) as [LabHost, LabHost]
  await artifactoryHealthy(node1)
  const url = `http://${node1.address}:${ports.router}/artifactory/api/system/ping`
  t.is((await fetch(url)).status, 200)
  const binaries = ['psql', '-qAtX', '-d', 'artifactory', '-c', 'SELECT count(*) FROM binaries']
  t.is(await node1.run(binaries, { user: 'postgres' }), '0\n')
  t.is((await node2.exec(['systemctl', 'is-active', 'artifactory'])).stdout, 'inactive\n')
  t.is(await node2.run(['pg_lsclusters', '--no-header']), '')
  const version = ['cat', '/opt/jfrog/artifactory/app/artifactory.product.version.properties']
  t.is(await node1.run(version), await node2.run(version))

  // Both come back by themselves after a power cut; what was stopped on purpose stays stopped, whatever `up` is asked.
  await node1.powerCut()
  await node1.start()
  await artifactoryHealthy(node1)
  await node1.run(['systemctl', 'stop', 'artifactory'])
  await lab.up(['node1', 'node2'])
  t.is((await node1.exec(['systemctl', 'is-active', 'artifactory'])).stdout, 'inactive\n')
})

real('down leaves nothing', async t => {
  t.not((await traces(lab.names.id)).length, 0)
  await lab.down()
  await leavesNothing(t, lab.names.id)
  t.deepEqual(await readdir(join(checkout, 'inventories/lab/host_vars')), [])
  t.false(existsSync(join(checkout, '.lab')))
  await lab.down()
})
