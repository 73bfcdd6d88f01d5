import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { stringify } from 'yaml'
import { baton, root, start } from '../helpers/baton.ts'
import { hostVars, Lab, type LabHost } from '../lab/lab.ts'

// Every way to get it wrong has its own words and its own exit code (DESIGN.md section 6), here against a real host.

const lab = new Lab()
const folder = mkdtempSync(join(tmpdir(), 'baton-bad-input-'))
let host: LabHost
let count = 0

test.before(async () => {
  ;[host] = (await lab.up(['web1'])) as [LabHost]
  await host.run(['rm', '-f', '/root/greeting', '/root/count'])
})
test.after.always(() => rmSync(folder, { recursive: true, force: true }))

/** An inventory with one host in group `web`, its vars on top of what reaches the lab's host. */
const inventory = (vars: Record<string, unknown>, group = 'web'): string => {
  const file = join(folder, `${count++}.yml`)
  const hosts = { web1: { ...hostVars(host.address), ...vars } }
  writeFileSync(file, stringify({ all: { children: { [group]: { hosts } } } }))
  return file
}

const small = (vars: Record<string, unknown>, ...more: string[]) =>
  baton('test/fixtures/playbooks/small.ts', '-i', inventory(vars), ...more)

const said = (ended: { stdout: string; stderr: string }): string => ended.stdout + ended.stderr

const untouched = async (path = '/root/greeting'): Promise<boolean> =>
  (await host.exec(['test', '!', '-e', path])).code === 0

test.serial('a group that the inventory lacks: exit 1, named, with the near one', async t => {
  const ended = await baton('test/fixtures/playbooks/small.ts', '-i', inventory({}, 'wep'))
  t.is(ended.code, 1)
  t.regex(said(ended), /group.*web/s)
  t.regex(said(ended), /wep/)
  t.true(await untouched())
})

test.serial('a misspelt var: exit 1, with its line and the near spelling', async t => {
  const ended = await small({ greetng: 'x' })
  t.is(ended.code, 1)
  t.regex(said(ended), /\.yml:\d+:\d+/)
  t.regex(said(ended), /greetng/)
  t.regex(said(ended), /greeting/)
  t.true(await untouched())
})

test.serial('a var of the wrong type: exit 1, with its line and what was expected', async t => {
  const ended = await small({ size: 'big' })
  t.is(ended.code, 1)
  t.regex(said(ended), /\.yml:\d+:\d+/)
  t.regex(said(ended), /size/)
  t.regex(said(ended), /number/)
  t.true(await untouched())
})

test.serial('a host where nobody listens: exit 4', async t => {
  const ended = await small({ ansible_port: 2299 })
  t.is(ended.code, 4)
  t.regex(said(ended), /web1/)
  t.regex(said(ended), /2299/)
  t.regex(said(ended), /refused|listens/i)
})

test.serial('a name that does not resolve: exit 4', async t => {
  const ended = await small({ ansible_host: 'no-such-host.invalid' })
  t.is(ended.code, 4)
  t.regex(said(ended), /no-such-host\.invalid/)
})

test.serial('a key that the host does not know: exit 4, names the key that was tried', async t => {
  const key = join(folder, 'other-key')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', key])
  const ended = await small({ ansible_ssh_private_key_file: key })
  t.is(ended.code, 4)
  t.regex(said(ended), /other-key/)
})

test.serial('an unknown host key: exit 4, refused, with its fingerprint', async t => {
  const empty = join(folder, 'known-none')
  writeFileSync(empty, '')
  const ended = await small({ ssh_known_hosts_file: empty })
  t.is(ended.code, 4)
  t.regex(said(ended), /SHA256:/)
  t.true(await untouched())
})

test.serial('a changed host key: exit 4, refused, names file and line', async t => {
  const fresh = join(folder, 'host-key')
  execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', fresh])
  const [type, key] = (await readFile(`${fresh}.pub`, 'utf8')).split(' ')
  const changed = join(folder, 'known-changed')
  writeFileSync(changed, `# pinned\n${host.address} ${type} ${key}\n`)
  const ended = await small({ ssh_known_hosts_file: changed })
  t.is(ended.code, 4)
  t.regex(said(ended), /known-changed:2/)
  t.true(await untouched())
})

test.serial('a sudo password that is needed and not given: exit 4, and the way out', async t => {
  const ended = await small({ ansible_user: 'operator' })
  t.is(ended.code, 4)
  t.regex(said(ended), /sudo/)
  t.regex(said(ended), /-K|ansible_become_password/)
})

test.serial('a wrong sudo password: exit 4, once, at once', async t => {
  const ended = await small({ ansible_user: 'operator', ansible_become_password: 'not-the-password' })
  t.is(ended.code, 4)
  t.regex(said(ended), /password/)
  t.false(said(ended).includes('not-the-password'))
  const tries = await host.run([
    'sh',
    '-c',
    "journalctl -q -t sudo --since -1min | grep -c 'incorrect password' || true",
  ])
  t.true(Number(tries.trim()) <= 1)
})

test.serial('the right sudo password works, and is nowhere to be seen', async t => {
  const { operator } = JSON.parse(await readFile(join(root, '.lab/passwords.json'), 'utf8')) as { operator: string }
  const ended = await small({ ansible_user: 'operator', ansible_become_password: operator }, '-v')
  t.is(ended.code, 0)
  t.false(said(ended).includes(operator))
  await host.run(['rm', '/root/greeting'])
})

test.serial('a full disk: exit 2, the old file stays whole and nothing is left beside it', async t => {
  await host.run([
    'sh',
    '-c',
    'mkdir -p /mnt/small && mount -t tmpfs -o size=1m tmpfs /mnt/small && echo old >/mnt/small/f',
  ])
  const ended = await small({ path: '/mnt/small/f', size: 2 })
  t.is(ended.code, 2)
  t.regex(said(ended), /No space left on device/)
  t.regex(said(ended), /small\.ts:\d+/)
  t.is(await host.run(['sh', '-c', 'ls -A /mnt/small; cat /mnt/small/f']), 'f\nold\n')
  await host.run(['umount', '/mnt/small'])
})

test.serial('a read-only file system: exit 2', async t => {
  await host.run(['sh', '-c', 'mkdir -p /mnt/ro && mount -t tmpfs -o ro tmpfs /mnt/ro'])
  const ended = await small({ path: '/mnt/ro/f' })
  t.is(ended.code, 2)
  t.regex(said(ended), /Read-only file system/)
  await host.run(['umount', '/mnt/ro'])
})

test.serial(
  'a connection lost while a change runs: unknown, exit 4; a resumed run finds it again, nothing runs twice',
  async t => {
    await host.run(['rm', '-f', '/root/count', '/root/greeting'])
    const command = ['sh', '-c', 'echo ran >>/root/count; sleep 8']
    const args = ['test/fixtures/playbooks/small.ts', '-i', inventory({ command })]
    const { ended } = start(args)
    while ((await host.exec(['test', '-e', '/root/count'])).code !== 0) await sleep(100)
    // Only the sessions end, as when the network goes: what they started goes on.
    await host.run([
      'sh',
      '-c',
      "kill -9 $(ps -eo pid,args | awk '/sshd-session: admin|sshd: admin/ && !/awk/ {print $1}')",
    ])
    const lost = await ended
    t.is(lost.code, 4)
    t.regex(said(lost), /unknown/)
    t.true(await untouched()) // what came behind in the same batch did not run unseen
    t.is(await host.run(['cat', '/root/count']), 'ran\n')
    // It goes on there: another run is refused, and the same one finds it again.
    const other = await small({})
    t.is(other.code, 5, said(other))
    const next = await baton(...args, '--resume')
    t.is(next.code, 0, said(next))
    t.is(await host.run(['cat', '/root/count']), 'ran\n')
    t.is(await host.run(['cat', '/root/greeting']), 'hello')
  },
)
