/** What of the lab can be tested without root; the rest is test/integration/lab.test.ts. */
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { chooseMirror } from './lab/image/mirror.ts'
import { hostVars } from './lab/inventory.ts'
import { readJson, writeWhole } from './lab/json.ts'
import { addressOf, gateway, maximumHosts, networkOf } from './lab/machine/network.ts'
import { searchPath } from './lab/machine/path.ts'
import { hostNames, labNames } from './lab/names.ts'
import { labPossible } from './lab/possible.ts'

const mirror = test.macro({
  exec: (t, lines: readonly string[], expected: string | undefined) => t.is(chooseMirror(lines.join('\n')), expected),
  title: given => `mirror: ${given}`,
})

test('of a code name', mirror, ['http://deb.example/debian/ bookworm main'], 'http://deb.example/debian/')
test('of a suite', mirror, ['http://deb.example/debian/ stable main'], 'http://deb.example/debian/')
test(
  'not the security archive, which comes first',
  mirror,
  [
    'http://sec.example/ bookworm-security main',
    'http://deb.example/ bookworm-updates main',
    'http://main.example/ bookworm main',
  ],
  'http://main.example/',
)
test(
  'not a vendor',
  mirror,
  ['https://vendor.example/node_20.x/ nodistro main', 'https://v.example/apt/ sdk-bookworm main'],
  undefined,
)
test('not a component beside main', mirror, ['http://deb.example/debian/ trixie contrib'], undefined)
test('of nothing', mirror, [''], undefined)

test('two checkouts share no name, and interface names fit the kernel', t => {
  const [a, b] = [labNames('/srv/one'), labNames('/srv/two')]
  t.not(a.id, b.id)
  for (const { uplink } of [a, b]) t.true(uplink.length <= 15)
  t.not(hostNames(a, 'node1').machine, hostNames(b, 'node1').machine)
  t.true(hostNames(a, 'node1').root.startsWith('/var/lib/baton-lab/'))
})

for (const name of ['', '../etc', 'Node1', '1node', 'a b', 'a;b', 'x'.repeat(32)]) {
  test(`"${name}" is no host name`, t => {
    t.throws(() => hostNames(labNames('/srv/one'), name), { message: /cannot be the name of a lab host/ })
  })
}

test('the eight networks do not overlap, nor do hosts and gateway', t => {
  const slots = [0, 1, 2, 3, 4, 5, 6, 7].map(slot => ({ slot }))
  const indexes = Array.from({ length: maximumHosts }, (_, at) => at + 1)
  const addresses = slots.flatMap(subnet => [gateway(subnet), ...indexes.map(index => addressOf(subnet, index))])
  t.is(new Set(addresses).size, 8 * (maximumHosts + 1))
  for (const address of addresses) {
    const last = Number(address.split('.')[3])
    t.true(last % 32 !== 0 && last % 32 !== 31 && last < 256, address)
  }
  t.deepEqual([networkOf({ slot: 7 }), gateway({ slot: 7 })], ['198.51.100.224/27', '198.51.100.225'])
})

test('a file cut short by a kill counts as none, an unreadable one does not', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'baton-lab-unit-'))
  await writeFile(join(directory, 'cut.json'), '{"slot": 1, "na')
  t.is(await readJson(join(directory, 'cut.json')), undefined)
  t.is(await readJson(join(directory, 'absent.json')), undefined)
  await t.throwsAsync(readJson(directory), { code: 'EISDIR' })
  await rm(directory, { recursive: true })
})

test('a file is written whole, private unless told otherwise, and not at all when it is equal', async t => {
  const directory = await mkdtemp(join(tmpdir(), 'baton-lab-unit-'))
  const path = join(directory, 'below', 'file')
  await writeWhole(path, 'one')
  const first = await stat(path)
  t.is(first.mode & 0o777, 0o600)
  await writeWhole(path, 'one')
  t.is((await stat(path)).ino, first.ino)
  await writeWhole(path, 'two')
  t.deepEqual(await readdir(join(directory, 'below')), ['file'])
  await rm(directory, { recursive: true })
})

test('programs of the system are found before those of npm', t => {
  const modules = searchPath.findIndex(directory => directory.includes('node_modules'))
  t.true(modules === -1 || modules > searchPath.indexOf('/usr/sbin'))
})

test('host vars name files of the checkout', t => {
  t.deepEqual(hostVars('198.51.100.2'), {
    ansible_host: '198.51.100.2',
    ansible_user: 'admin',
    ansible_ssh_private_key_file: '.lab/id_ed25519',
    ssh_known_hosts_file: '.lab/known_hosts',
  })
})

test('where there can be no lab, it says why', t => {
  const possible = labPossible()
  if (possible.ok) t.is(process.getuid?.(), 0)
  else t.regex(possible.why, /lab needs/)
})
