import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { stringify } from 'yaml'
import { baton, start } from '../helpers/baton.ts'
import { hostVars, Lab } from '../lab/lab.ts'

const folder = mkdtempSync(join(tmpdir(), 'baton-exec-'))
test.after.always(() => rmSync(folder, { recursive: true, force: true }))

const inventory = join(folder, 'inventory.yml')
const names = ['web1', 'web2']

test.before(async () => {
  const lab = new Lab()
  const hosts = Object.fromEntries(
    (await lab.up(names))
      .map(host => [host.name, hostVars(host.address)] as const)
      .filter(([name]) => names.includes(name)),
  )
  // Nobody listens there.
  const away = { ...hosts.web1, ansible_port: 9 }
  writeFileSync(inventory, stringify({ all: { children: { web: { hosts }, gone: { hosts: { away } } } } }))
})

test.serial('exec on hosts over ssh: as the login user, as root, and one that is away', async t => {
  const plain = await baton('exec', '-i', inventory, 'web', '--', 'id -un; echo "$0 $#"')
  t.is(plain.stdout, 'web1, web2 (2 hosts): ok\n    admin\n    sh 0\n\n2 ok\n')
  t.is(plain.code, 0)

  const root = await baton('exec', '-i', inventory, '-b', 'all', '--', 'id', '-un')
  t.regex(root.stdout, /^web1, web2 \(2 hosts\): ok\n {4}root\n\naway: unreachable\n[\s\S]*\n2 ok, 1 unreachable\n$/)
  t.is(root.code, 4)
})

test.serial('a deadline and Ctrl-C end the command on the host, and what it started', async t => {
  const left = async () => (await baton('exec', '-i', inventory, 'web1', '--', 'pgrep -cf "^sleep 4321" || :')).stdout
  const late = await baton('exec', '-i', inventory, 'web1', '--timeout', '1', '--', 'echo up; sleep 4321 & sleep 4321')
  t.is(late.stdout, 'web1: failed\n    it was still running after 1 s and was ended\n    up\n\n1 failed\n')
  t.is(late.code, 2)
  t.is(await left(), 'web1: ok\n    0\n\n1 ok\n')

  const { child, ended } = start(['exec', '-i', inventory, 'web', '-f', '2', '--', 'sleep 4321 & sleep 4321'])
  // Once it runs there.
  while (!/\n {4}2\n/.test(await left())) t.is(child.exitCode, null)
  child.kill('SIGINT')
  const { code, stdout } = await ended
  t.is(code, 130)
  t.is(stdout, 'web1, web2 (2 hosts): failed\n    it was ended: interrupted\n\n2 failed\n')
  t.is(await left(), 'web1: ok\n    0\n\n1 ok\n')
})

test.serial('facts of hosts over ssh', async t => {
  const { code, stdout } = await baton('facts', '-i', inventory, 'web', '-o', 'json')
  t.is(code, 0)
  const lines = stdout
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as { host?: string; facts?: Record<string, never> })
  t.deepEqual(
    lines.flatMap(({ host }) => host ?? []),
    names,
  )
  for (const { facts } of lines.slice(0, 2)) {
    t.like(facts, { distribution: { family: 'debian' }, kernel: { name: 'Linux' } })
    t.regex(JSON.stringify(facts?.addresses), /"198\.51\.100\.\d+"/)
    t.regex(JSON.stringify(facts?.mounts), /"at":"\/"/)
  }
})
