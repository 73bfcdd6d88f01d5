/**
 * playbooks/standby.ts on two real hosts: built from nothing, run again, synchronised under load, cut off, promoted. It has a
 * lab of its own. Needs root; run by test/run.sh. The tests build on each other, in this order.
 */
import { execFile } from 'node:child_process'
import { cpSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test from 'ava'
import { baseBackup } from '../../lib/tasks/postgres/base-backup.ts'
import { layout } from '../../templates/standby/layout.ts'
import { StandInClient } from '../lab/artifactory/client.ts'
import { paths, ports } from '../lab/artifactory/layout.ts'
import { Lab, type LabHost, labPossible } from '../lab/lab.ts'
import { ownCheckout } from '../lab/names.ts'
import { artifactoryHealthy } from '../lab/provision.ts'

const possible = labPossible()
if (!possible.ok) console.warn(`left out: ${possible.why}`)
const real = possible.ok ? test.serial : test.serial.skip

const checkout = await mkdtemp(join(tmpdir(), 'baton-standby-'))
const lab = new Lab({ checkout })
let active: LabHost
let standby: LabHost
let client: StandInClient

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

const shell = (host: LabHost, script: string) => host.exec(['sh', '-c', script])
const sql = async (host: LabHost, query: string, database = 'postgres') =>
  (await host.run(['runuser', '-u', 'postgres', '--', 'psql', '-XqAt', '-d', database, '-c', query])).trim()
const synchronise = () => standby.exec(['systemctl', 'start', layout.service])
const recoveryPoint = async () =>
  JSON.parse(await standby.run(['cat', layout.recoveryPoint])) as Record<string, unknown>
const unitLog = async () => (await shell(standby, `tail -n 20 /var/log/baton/${layout.logName}`)).stdout

/** What the standby's database refers to and its filestore lacks, seen without the job's own eyes. */
const missingOnStandby = async (): Promise<readonly string[]> => {
  const rows = await sql(standby, 'SELECT DISTINCT sha1_actual FROM nodes WHERE sha1_actual IS NOT NULL', 'artifactory')
  const files = await standby.run(['find', paths.filestore, '-mindepth', '2', '-type', 'f', '-printf', '%f\\n'])
  const there = new Set(files.split('\n'))
  return rows.split('\n').filter(sha1 => sha1 !== '' && !there.has(sha1.trim()))
}

test.before(async t => {
  if (!possible.ok) return
  t.timeout(600_000)
  cpSync(join(ownCheckout, 'inventories/lab/hosts.yml'), join(checkout, 'inventories/lab/hosts.yml'))
  cpSync(join(ownCheckout, 'inventories/lab/group_vars'), join(checkout, 'inventories/lab/group_vars'), {
    recursive: true,
  })
  ;[active, standby] = (await lab.up(['node1', 'node2'])) as [LabHost, LabHost]
  client = new StandInClient(`http://${active.address}:${ports.router}`, { password: 'password' })
  for (let i = 0; i < 20; i++) await client.put(`libs/seed/${i}.bin`, `seed ${i}`)
  // Artifactory keeps some files to itself.
  await shell(
    active,
    `install -d -o artifactory -g artifactory -m 700 ${paths.etc}/access/keys &&
     echo private | install -o artifactory -g artifactory -m 600 /dev/stdin ${paths.etc}/access/keys/private.key`,
  )
})
test.after.always(async () => {
  if (possible.ok) await lab.down()
  await rm(checkout, { recursive: true, force: true })
})

real('check mode predicts on fresh hosts, and writes nothing', async t => {
  t.timeout(60_000)
  const check = await baton('--check')
  t.is(check.code, 0, check.text)
  t.is(await standby.run(['pg_lsclusters', '--no-header']), '')
  t.not((await standby.exec(['test', '-e', layout.state])).code, 0)
  t.not((await active.exec(['id', 'artifactory-sync'])).code, 0)
})

real('whatever is in the way of the base backup is refused, and stays', async t => {
  t.timeout(300_000)
  const data = '/var/lib/postgresql/17/main'
  const refused = async (message: RegExp) => {
    const { code, text } = await baton()
    t.is(code, 5, text)
    t.regex(text, message)
  }
  await sql(active, "ALTER SYSTEM SET max_slot_wal_keep_size = '5MB'")
  await refused(/set elsewhere, where it wins over .*: max_slot_wal_keep_size \(.*\/postgresql\.auto\.conf\)/)
  await sql(active, 'ALTER SYSTEM RESET max_slot_wal_keep_size')

  await standby.run(['sh', '-c', `mkdir -p ${data} && echo precious >${data}/file`])
  await refused(/is not empty and holds no PostgreSQL cluster/)
  t.is(await standby.run(['cat', `${data}/file`]), 'precious\n')
  // The host's own second look, as if the file had come between the plan and the command.
  const late = await standby.exec([
    'sh',
    '-c',
    baseBackup,
    'sh',
    '17',
    'main',
    data,
    active.address,
    '5432',
    'r',
    '/p',
    's',
    '5432',
    '1',
  ])
  t.is(late.code, 75, late.stderr)
  t.regex(late.stderr, /is not empty/)
  await standby.run(['rm', '-r', data])

  await standby.run(['pg_createcluster', '17', 'main'])
  const own = await standby.run(['cat', `${data}/PG_VERSION`])
  await refused(/holds another cluster, \d+ instead of \d+/)
  t.is(await standby.run(['cat', `${data}/PG_VERSION`]), own)
  await standby.run(['pg_dropcluster', '17', 'main'])

  await standby.run(['install', '-d', '-m', '0700', '/run/baton'])
  const lock = ['flock', '/run/baton/base-backup-17-main.lock', 'sleep', 'infinity']
  await standby.run(['systemd-run', '--unit=hold-lock', ...lock])
  await refused(/a base backup to .* is still running/)
  await standby.run(['systemctl', 'stop', 'hold-lock'])
})

real('a base backup that was cut off never looks like a cluster, and the next run makes it', async t => {
  t.timeout(300_000)
  const data = '/var/lib/postgresql/17/main'
  const run = baton()
  for (let i = 0; i < 600; i++) {
    if ((await standby.exec(['test', '-e', `${data}.baton-part/base`])).code === 0) break
    await sleep(20)
  }
  await standby.powerCut()
  const { code, text } = await run
  t.is(code, 4, text)
  await standby.start()
  t.not((await standby.exec(['test', '-e', data])).code, 0)
  t.is((await standby.exec(['test', '-e', `${data}.baton-part`])).code, 0)
  // As if it had been cut off a moment later: a primary in the throw-away directory, which the boot has started.
  await standby.run(['pg_createcluster', '--port=5432', `--datadir=${data}.baton-init`, '17', 'main'])
  await standby.run(['systemctl', 'start', 'postgresql@17-main'])
  t.is(await sql(standby, 'SHOW data_directory'), `${data}.baton-init`)
})

real('from there to a verified recovery point, and the second run changes nothing', async t => {
  t.timeout(600_000)
  const run = await baton()
  t.is(run.code, 0, run.text)
  const again = await baton('--check', '--expect-no-changes')
  t.is(again.code, 0, again.text)
  t.is(await sql(standby, 'SHOW data_directory'), '/var/lib/postgresql/17/main')
  t.not((await standby.exec(['test', '-e', '/var/lib/postgresql/17/main.baton-init'])).code, 0)
  t.is(await standby.run(['cat', `${paths.etc}/access/keys/private.key`]), 'private\n')
  const point = await recoveryPoint()
  t.like(point, { state: 'verified', counts: { binaries: 20, referenced: 20, missing: 0 } })
  t.is(point.systemIdentifier, await sql(active, 'SELECT system_identifier FROM pg_control_system()'))
  t.is((await standby.exec(['systemctl', 'is-active', 'artifactory'])).stdout.trim(), 'inactive')
  t.deepEqual(await missingOnStandby(), [])
})

real('the password is in no log and no world-readable file', async t => {
  const password = (await standby.run(['cat', layout.passfile])).trim().split(':').at(-1)!
  t.true(password.length >= 43)
  for (const host of [active, standby]) {
    const found = await shell(
      host,
      `grep -rlsF -- '${password}' /var/log /etc /run /tmp /usr/local; journalctl -q | grep -cF -- '${password}'`,
    )
    t.is(found.stdout.trim(), '0')
  }
})

real('the key of the synchronisation can read, and nothing else', async t => {
  const remote = `runuser -u artifactory -- ssh -F none -o BatchMode=yes -o UserKnownHostsFile=${layout.knownHosts} -i ${layout.sshKey} artifactory-sync@${active.address}`
  const command = await shell(standby, `${remote} 'id; cat /etc/passwd'`)
  t.not(command.code, 0)
  t.notRegex(command.stdout, /uid=|root:/)
  const more = await active.exec(['runuser', '-u', 'artifactory-sync', '--', 'sudo', '-n', '-u', 'artifactory', 'id'])
  t.not(more.code, 0)
  const forward = await shell(
    standby,
    `timeout 5 ${remote} -N -o ExitOnForwardFailure=yes -L 9999:127.0.0.1:5432 & sleep 2; curl -s telnet://127.0.0.1:9999 </dev/null; wait`,
  )
  t.notRegex(forward.stdout, /\S/)
  const write = await shell(
    standby,
    `cd /tmp && echo x >x && chmod 644 x && rsync -e '${remote.replace(/^.*-- /, 'runuser -u artifactory -- ').replace(/ artifactory-sync@.*/, '')}' x artifactory-sync@${active.address}:etc/x`,
  )
  t.not(write.code, 0)
  t.not((await active.exec(['test', '-e', `${paths.etc}/x`])).code, 0)
})

real('uploads, deletions and garbage collections during the job: never a recovery point that lacks a file', async t => {
  t.timeout(600_000)
  let busy = true
  let done = 0
  const churn = async (worker: number) => {
    for (let i = 0; busy; i++) {
      const name = `libs/churn/${worker}-${i}.bin`
      await client.put(name, `${name} ${'x'.repeat(5000)}`)
      if (i % 2 === 0) await client.delete(name)
      // Another worker's may still run.
      if (i % 10 === 0) await client.gc().catch(() => undefined)
      done++
    }
  }
  const workers = [1, 2, 3].map(churn)
  try {
    for (let round = 0; round < 4; round++) {
      const before = done
      const { code } = await synchronise()
      const point = await recoveryPoint()
      t.is(code, 0, await unitLog())
      t.is(point.state, 'verified')
      t.deepEqual(await missingOnStandby(), [])
      t.true(done > before, 'there was load')
    }
  } finally {
    busy = false
  }
  await Promise.all(workers)
})

real('a database that somebody let run free is held again', async t => {
  t.timeout(120_000)
  await standby.run(['rm', '/etc/postgresql/17/main/conf.d/60-baton-hold.conf'])
  await standby.run(['systemctl', 'restart', 'postgresql@17-main'])
  await client.put('libs/free/one.bin', 'free')
  t.not((await synchronise()).code, 0)
  t.regex(await unitLog(), /follows the active without a limit/)
  const run = await baton()
  t.is(run.code, 0, run.text)
  t.like(await recoveryPoint(), { state: 'verified' })
  t.deepEqual(await missingOnStandby(), [])
})

real('a target behind the database, with which it cannot start: held where it stands', async t => {
  t.timeout(120_000)
  const hold = '/etc/postgresql/17/main/conf.d/60-baton-hold.conf'
  await shell(standby, `sed -i "s:^recovery_target_lsn.*:recovery_target_lsn = '0/1000000':" ${hold}`)
  t.not((await standby.exec(['systemctl', 'restart', 'postgresql@17-main'])).code, 0)
  const run = await baton()
  t.is(run.code, 0, run.text)
  t.like(await recoveryPoint(), { state: 'verified' })
})

real('started twice at once: both end well, and one of them did the work', async t => {
  t.timeout(120_000)
  const script = standby.exec([layout.script])
  await sleep(300)
  const second = await standby.exec([layout.script])
  t.is(second.code, 75)
  t.regex(second.stderr, /running already/)
  t.is((await script).code, 0)
})

real('a source that is not mounted: named, and the standby keeps every file and its recovery point', async t => {
  t.timeout(120_000)
  const before = await recoveryPoint()
  const files = await standby.run(['find', paths.filestore, '-type', 'f'])
  await active.run(['mount', '-t', 'tmpfs', 'none', paths.filestore])
  try {
    t.not((await synchronise()).code, 0)
    t.regex(await unitLog(), /the filestore of the active.*mounted\?/)
    // The recovery point is fresh; that the job fails is not to be passed over.
    const told = await baton()
    t.is(told.code, 2, told.text)
    t.regex(told.text, /the filestore of the active.*mounted\?/)
  } finally {
    await active.run(['umount', paths.filestore])
  }
  t.deepEqual(await recoveryPoint(), before)
  t.is(await standby.run(['find', paths.filestore, '-type', 'f']), files)
})

real(
  'the power fails on the standby while it works: the state never claims what is not there, and the next run mends it',
  async t => {
    t.timeout(600_000)
    for (const wait of [300, 900, 1500, 2100]) {
      await client.put(`libs/power/${wait}.bin`, `power ${wait}`)
      const job = synchronise().catch(() => undefined)
      await sleep(wait)
      await standby.powerCut()
      await job
      await standby.start()
      for (let i = 0; i < 100; i++) {
        if (
          (
            await shell(standby, `runuser -u postgres -- psql -XqAt -c "SELECT pg_get_wal_replay_pause_state()"`)
          ).stdout.trim() === 'paused'
        )
          break
        await sleep(200)
      }
      const point = await recoveryPoint()
      if (point.state === 'verified') {
        const { lsn, end } = point.position as { lsn: string; end: string }
        t.is(
          await sql(standby, `SELECT pg_last_wal_replay_lsn() > '${lsn}' AND pg_last_wal_replay_lsn() <= '${end}'`),
          't',
        )
      }
      t.deepEqual(await missingOnStandby(), [])
    }
    const run = await baton()
    t.is(run.code, 0, run.text)
    t.like(await recoveryPoint(), { state: 'verified' })
  },
)

real('promoted: everything of the recovery point is served, and nothing that is missing is promised', async t => {
  t.timeout(300_000)
  t.is((await synchronise()).code, 0, await unitLog())
  const { binaries } = (await recoveryPoint()).counts as { binaries: number }
  await client.put('libs/after/late.bin', 'after the recovery point')
  await sleep(1000)
  await active.powerCut()
  await standby.run(['runuser', '-u', 'postgres', '--', 'psql', '-XqAt', '-c', 'SELECT pg_promote()'])
  await standby.run(['systemctl', 'start', 'artifactory'])
  await artifactoryHealthy(standby)
  const promoted = new StandInClient(`http://${standby.address}:${ports.router}`, { password: 'password' })
  const { rows, rowsWithoutFile } = await promoted.consistency()
  t.deepEqual(rowsWithoutFile, [])
  t.is(rows, binaries)
  t.is(Buffer.from(await promoted.get('libs/seed/7.bin')).toString(), 'seed 7')
  await t.throwsAsync(promoted.get('libs/after/late.bin'), { message: /404/ })
})

real('roles that are the wrong way round, and a primary in the place of the standby, are refused', async t => {
  t.timeout(300_000)
  await active.start()
  const running = await baton()
  t.is(running.code, 5, running.text)
  t.regex(running.text, /two actives, or the roles are the wrong way round/)
  await standby.run(['systemctl', 'stop', 'artifactory'])
  const primary = await baton()
  t.is(primary.code, 5, primary.text)
  t.regex(primary.text, /holds a primary \(no standby\.signal\); nothing is copied over it/)
})

real(
  'the old standby moved away by hand, as the refusal says: a new one is built, and the old recovery point is gone',
  async t => {
    t.timeout(300_000)
    const before = await recoveryPoint()
    await standby.run(['systemctl', 'stop', 'postgresql@17-main'])
    await standby.run(['mv', '/var/lib/postgresql/17/main', '/var/lib/postgresql/17/old'])
    const run = await baton()
    t.is(run.code, 0, run.text)
    const after = await recoveryPoint()
    t.is(after.state, 'verified')
    t.notDeepEqual(after.position, before.position)
    const again = await baton('--check', '--expect-no-changes')
    t.is(again.code, 0, again.text)
  },
)
