/**
 * Saved plans of playbooks/standby.ts on two real hosts, in a lab of their own: from nothing, with nothing left to do while
 * the synchronisation runs all the time, and refused where one thing is not what it was. Needs root. The tests build on each
 * other, in this order.
 */
import { execFile } from 'node:child_process'
import { cpSync, readFileSync } from 'node:fs'
import { appendFile, lstat, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import type { PlanContent } from '../../lib/plan/saved-plan.ts'
import { layout } from '../../templates/standby/layout.ts'
import { Lab, type LabHost, labPossible } from '../lab/lab.ts'
import { ownCheckout } from '../lab/names.ts'

const possible = labPossible()
if (!possible.ok) console.warn(`left out: ${possible.why}`)
const real = possible.ok ? test.serial : test.serial.skip

const checkout = await mkdtemp(join(tmpdir(), 'baton-plan-'))
const lab = new Lab({ checkout })
let active: LabHost
let standby: LabHost

const baton = (...args: string[]): Promise<{ code: number; text: string }> =>
  new Promise(resolve => {
    const tsx = join(ownCheckout, 'node_modules/.bin/tsx')
    const book = join(ownCheckout, 'playbooks/standby.ts')
    execFile(
      tsx,
      [join(ownCheckout, 'run.ts'), book, '-i', 'inventories/lab', '-o', 'plain', ...args],
      { cwd: checkout, maxBuffer: 64 * 1024 * 1024 },
      (error, stdout, stderr) =>
        resolve({ code: typeof error?.code === 'number' ? error.code : error ? -1 : 0, text: stdout + stderr }),
    )
  })

const plan = (name: string): PlanContent => JSON.parse(readFileSync(join(checkout, name), 'utf8')).plan
const shell = (host: LabHost, script: string) => host.run(['sh', '-c', script])
const config = '/etc/postgresql/17/main/postgresql.conf'

/** What is written by itself; and the lease, which the run had while it looked, and gave back. */
const noise = [
  'var/log',
  'var/lib/postgresql/17/main',
  'var/opt/jfrog/artifactory/log',
  'var/lib/systemd/timers',
  'var/lib/private',
  'var/lib/baton',
]

/** Path -> what would differ had anything been written: the host's own overlay, looked at from outside. */
const manifest = async (host: LabHost): Promise<ReadonlyMap<string, string>> => {
  const found = new Map<string, string>()
  const walk = async (folder: string): Promise<void> => {
    for (const name of await readdir(join(host.upper, folder))) {
      const path = join(folder, name)
      if (noise.some(n => path === n || path.startsWith(`${n}/`))) continue
      const s = await lstat(join(host.upper, path)).catch(() => undefined)
      if (!s) continue
      const parts = [s.mode, s.uid, s.gid, s.isDirectory() ? '' : `${s.size} ${s.mtimeMs} ${s.ctimeMs}`]
      found.set(path, parts.join(' '))
      if (s.isDirectory()) await walk(path)
    }
  }
  await walk('.')
  return found
}

const written = async (hosts: readonly LabHost[], work: () => Promise<void>): Promise<readonly string[]> => {
  const before = await Promise.all(hosts.map(manifest))
  await work()
  const after = await Promise.all(hosts.map(manifest))
  return hosts.flatMap((host, i) =>
    [...new Set([...before[i]!.keys(), ...after[i]!.keys()])]
      .filter(path => before[i]!.get(path) !== after[i]!.get(path))
      .map(path => `${host.name}: ${path}`),
  )
}

test.before(async t => {
  if (!possible.ok) return
  t.timeout(600_000)
  for (const part of ['hosts.yml', 'group_vars'])
    cpSync(join(ownCheckout, 'inventories/lab', part), join(checkout, 'inventories/lab', part), { recursive: true })
  ;[active, standby] = (await lab.up(['node1', 'node2'])) as [LabHost, LabHost]
  const folder = join(checkout, 'inventories/lab/group_vars')
  const [vars = ''] = await readdir(folder)
  await appendFile(join(folder, vars), '\nsyncInterval: 20s\nsyncRandomizedDelay: 1s\n')
  // sudo notes in the home directory of a member of Debian's group sudo that it was used, once.
  for (const host of [active, standby]) await host.run(['runuser', '-u', 'admin', '--', 'sudo', 'true'])
})
test.after.always(async () => {
  if (possible.ok) await lab.down()
  await rm(checkout, { recursive: true, force: true })
})

real('a plan from nothing: one byte changed on one host, refused, and nothing is written on either', async t => {
  t.timeout(300_000)
  const check = await baton('--check', '--plan', 'plan.json')
  t.is(check.code, 0, check.text)
  const { steps, facts } = plan('plan.json')
  t.true(steps.some(({ state }) => state === 'unknown'))
  t.deepEqual(
    facts.filter(({ fact }) => /^(clock|postgres-recovery-target) /.test(fact)),
    [],
  )
  await shell(active, `printf '#' >>${config}`)
  let refused = { code: 0, text: '' }
  const changed = await written([active, standby], async () => {
    refused = await baton('--apply', 'plan.json')
  })
  t.is(refused.code, 5, refused.text)
  t.regex(
    refused.text,
    /node1: content \/etc\/postgresql\/17\/main\/postgresql\.conf was content \d+ bytes, \w{8}; now it is content \d+ bytes/,
  )
  t.deepEqual(changed, [])
  t.log(refused.text)
  await shell(active, `truncate -s -1 ${config}`)
})

real('the same plan, unchanged hosts: applied to its end', async t => {
  t.timeout(600_000)
  const run = await baton('--apply', 'plan.json')
  t.is(run.code, 0, run.text)
  t.is(JSON.parse(await standby.run(['cat', layout.recoveryPoint])).state, 'verified')
})

/** Right behind a synchronisation: while it restarts the database, a plan would have it started. */
const idle = () => standby.run(['systemctl', 'start', layout.service])

const applied = async (t: ExecutionContext, name: string): Promise<void> => {
  const run = await baton('--apply', name)
  t.is(run.code, 0, run.text)
  t.notRegex(run.text, /\d+ changed/)
}

real('nothing left to do, while the synchronisation runs all the time: applied, and not refused', async t => {
  t.timeout(600_000)
  await idle()
  const check = await baton('--check', '--plan', 'same.json')
  t.is(check.code, 0, check.text)
  // At different times of the job's cycle.
  for (const wait of [0, 1500, 61_000]) {
    await sleep(wait)
    const run = await baton('--apply', 'same.json')
    t.is(run.code, 0, run.text)
  }
  await standby.run(['systemctl', 'start', '--no-block', layout.service])
  const run = await baton('--apply', 'same.json')
  t.is(run.code, 0, run.text)
})

real('a real change of either host is named, whatever it is', async t => {
  t.timeout(600_000)
  await idle()
  const check = await baton('--check', '--plan', 'same.json')
  t.is(check.code, 0, check.text)
  const refused = async (pattern: RegExp) => {
    const run = await baton('--apply', 'same.json')
    t.is(run.code, 5, run.text)
    t.regex(run.text, pattern)
  }
  await standby.run(['systemctl', 'stop', layout.timer])
  await refused(/node2: unit \S+\.timer was load loaded, active active, .*; now it is load loaded, active inactive/)
  await standby.run(['systemctl', 'start', layout.timer])
  await shell(standby, `printf ' ' >>/etc/systemd/system/${layout.timer}`)
  await refused(/node2: digest \/etc\/systemd\/system\/\S+\.timer was content \w{8}; now it is content \w{8}/)
  await shell(standby, `truncate -s -1 /etc/systemd/system/${layout.timer}; systemctl daemon-reload`)
  await applied(t, 'same.json')
  await standby.run(['systemctl', 'stop', layout.timer, layout.service, 'postgresql@17-main'])
  await shell(
    active,
    `runuser -u postgres -- psql -XqAt -c "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots"`,
  )
  await active.run(['dpkg', '--force-depends', '-r', 'python3-braceexpand'])
  await refused(/node1: package python3-braceexpand was installed yes, version \S+; now it is absent/)
  await refused(/node1: postgres-slot \S+ was .*; now it is absent/)
  await refused(/node2: unit postgresql@17-main\.service was .*active active.*; now it is .*active inactive/)
})
