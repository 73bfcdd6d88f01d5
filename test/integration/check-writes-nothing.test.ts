import { lstat, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import test from 'ava'
import { baton } from '../helpers/baton.ts'
import { Lab, type LabHost } from '../lab/lab.ts'

// Promise 1 of DESIGN.md. A host of the lab writes into an overlay of its own, which is looked at from outside: whatever is
// made, changed, removed or only opened for writing shows there, in itself or in its directory's times.

/** What changes on a host by itself, or because somebody logs in: seen with `ping`, which logs in and asks nothing. */
const noise = [
  'var/log', // journal, wtmp, lastlog, PostgreSQL's log
  'var/lib/postgresql/17/main', // on the active: Artifactory's heartbeat rows; asked for by SQL below instead
  'var/opt/jfrog/artifactory/log', // Artifactory's own log
  'var/lib/systemd/timers', // stamps of Debian's own timers
  'var/lib/private', // systemd-timesyncd and the like
]

const isNoise = (path: string): boolean => noise.some(n => path === n || path.startsWith(`${n}/`))

/** Path -> what would differ had anything been written. */
const manifest = async (host: LabHost): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>()
  const walk = async (folder: string): Promise<void> => {
    for (const name of await readdir(join(host.upper, folder))) {
      const path = join(folder, name)
      if (isNoise(path)) continue
      const s = await lstat(join(host.upper, path)).catch(() => undefined)
      if (!s) continue
      found.set(path, [s.mode, s.uid, s.gid, s.isDirectory() ? '' : s.size, s.mtimeMs, s.ctimeMs].join(' '))
      if (s.isDirectory()) await walk(path)
    }
  }
  await walk('.')
  return found
}

const differences = (before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].filter(path => before.get(path) !== after.get(path))

const database = (host: LabHost): Promise<string> =>
  host.run(['runuser', '-u', 'postgres', '--', 'psql', '-XqAt', '-c',
    "SELECT (SELECT string_agg(rolname, ',' ORDER BY 1) FROM pg_roles), (SELECT count(*) FROM pg_replication_slots), (SELECT string_agg(name || setting, ',' ORDER BY 1) FROM pg_settings WHERE sourcefile IS NOT NULL)",
  ]) // biome-ignore format: one query

let hosts: readonly LabHost[]
test.before(async t => {
  t.timeout(300_000)
  const lab = new Lab()
  await lab.up(['node1', 'node2'])
  hosts = [await lab.reset('node1'), await lab.reset('node2')]
  await baton('playbooks/ping.ts', '-i', 'lab')
  // sudo notes in the home directory of a member of Debian's group sudo that it was used, once.
  for (const host of hosts) await host.run(['runuser', '-u', 'admin', '--', 'sudo', 'true'])
})

test.serial(
  'the detector sees a file that was made and removed again, and one that was only opened for writing',
  async t => {
    const [host] = hosts as [LabHost]
    const before = await manifest(host)
    await host.run(['sh', '-c', 'touch /etc/canary; rm /etc/canary; : >>/etc/debian_version'])
    const seen = differences(before, await manifest(host))
    t.true(seen.includes('etc'))
    t.true(seen.includes('etc/debian_version'))
  },
)

test.serial('a check of the whole warm standby, from nothing, writes nothing on either host', async t => {
  t.timeout(300_000)
  const before = await Promise.all(hosts.map(manifest))
  const active = await database(hosts[0]!)
  const { code, stdout, stderr } = await baton('playbooks/standby.ts', '-i', 'lab', '--check')
  t.is(code, 0, stdout + stderr)
  t.regex(stdout, /would change/)
  t.is(await database(hosts[0]!), active)
  for (const [i, host] of hosts.entries()) t.deepEqual(differences(before[i]!, await manifest(host)), [], host.name)
})
