/** Jobs on a real host, over sshd and sudo: connections that are cut, a host that is started anew. A lab of its own. Needs root. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import test, { type ExecutionContext } from 'ava'
import { type Command, sh } from '../../lib/command.ts'
import { connect } from '../../lib/connection/connect.ts'
import type { Connection } from '../../lib/connection/connection.ts'
import { ConnectionError } from '../../lib/errors.ts'
import { endJobs } from '../../lib/job/end-jobs.ts'
import { forgetJobs } from '../../lib/job/forget-jobs.ts'
import { asJob } from '../../lib/job/job.ts'
import { jobEnd } from '../../lib/job/job-end.ts'
import { parseJobs } from '../../lib/job/jobs.ts'
import { listJobs } from '../../lib/job/list-jobs.ts'
import { hostVars, Lab, type LabHost, labPossible } from '../lab/lab.ts'

const possible = labPossible()
if (!possible.ok) console.warn(`left out: ${possible.why}`)
const real = possible.ok ? test.serial : test.serial.skip

const checkout = await mkdtemp(join(tmpdir(), 'baton-jobs-'))
const lab = new Lab({ checkout })
let host: LabHost

test.before(async t => {
  if (!possible.ok) return
  t.timeout(600_000)
  ;[host] = (await lab.up(['jobs'])) as [LabHost]
})
test.after.always(async () => {
  if (possible.ok) await lab.down()
  await rm(checkout, { recursive: true, force: true })
})

const login = async (t: ExecutionContext): Promise<Connection> => {
  const vars = hostVars(host.address)
  const connection = await connect(
    {
      name: host.name,
      groups: [],
      vars: {},
      connection: {
        type: 'ssh',
        address: host.address,
        user: 'admin',
        identityFiles: [join(checkout, vars.ansible_ssh_private_key_file ?? '')],
        knownHostsFile: join(checkout, vars.ssh_known_hosts_file ?? ''),
        sshConfigFile: 'none',
      },
    },
    { keepalive: { intervalMs: 1000, count: 2 } },
  )
  t.teardown(() => connection.close())
  return connection
}

const users = ['root', 'admin'] as const
type User = (typeof users)[number]

const once = async (connection: Connection, command: Command, as: User) => {
  const [output] = await connection.batch([command], { as })
  return output!
}
const end = async (connection: Connection, job: Command, as: User) => jobEnd(job, await once(connection, job, as))
const comes = async (path: string): Promise<void> => {
  while ((await host.exec(['test', '-e', path])).code !== 0) await sleep(50)
}
const counted = (path: string): Promise<string> => host.run(['cat', path])

/** Counts in FILE that it began, says one thing, waits until FILE.go is there, says another. */
const script = sh`echo began >>"$1"; echo one; until [ -e "$1.go" ]; do sleep 0.1; done; echo two >&2; id -un; exit 9`

for (const as of users)
  for (const how of ['network', 'sshd'] as const)
    real(`${as}: the connection is cut (${how}), and the command is found again`, async t => {
      const file = `/var/tmp/${as}-${how}`
      const job = asJob({ script, args: [file], stdin: 'ignored' }, { run: 'cut', name: how })
      const lost = (await login(t)).batch([job], { as })
      const isLost = t.throwsAsync(lost, { instanceOf: ConnectionError })
      await comes(file)
      if (how === 'network') await host.partition()
      else await host.exec(['pkill', '-KILL', '-u', 'admin', 'sshd'])
      t.is((await isLost)?.reason, 'lost')
      await host.heal()
      const [one, two] = await Promise.all([login(t), login(t)])
      const { jobs } = parseJobs(await once(one, listJobs(), as))
      t.like(
        jobs.find(each => each.name === how),
        { run: 'cut', state: 'running' },
      )
      const both = Promise.all([end(one, job, as), end(two, job, as)])
      await host.run(['touch', `${file}.go`])
      for (const { type, output } of await both) {
        t.is(type, 'ended')
        t.is(output.code, 9)
        t.is(output.stdout.toString(), `one\n${as}\n`)
        t.is(output.stderr.toString(), 'two\n')
      }
      t.is(await counted(file), 'began\n')
    })

real('a job leaves nothing of itself in the session: the shell closes while it runs', async t => {
  const connection = await login(t)
  const job = asJob({ script, args: ['/var/tmp/aside'] }, { run: 'aside', name: 'a' })
  const following = connection.batch([job], { as: 'root' }).catch((error: unknown) => error)
  await comes('/var/tmp/aside')
  await connection.close()
  t.true((await following) instanceof Error)
  const text = await host.run(['cat', '/var/lib/baton/jobs/aside/a/command'])
  const open = await host.run(['sh', '-c', 'ls -l /proc/"$1"/fd', 'sh', text.split(' ')[0] ?? ''])
  t.notRegex(open, /pipe:|socket:/)
  await host.run(['touch', '/var/tmp/aside.go'])
  t.is((await end(await login(t), job, 'root')).output.code, 9)
})

real('the deadline ends the whole tree, though nobody is looking', async t => {
  const connection = await login(t)
  const command = {
    script: sh`setsid sleep 1234 & sudo -u admin sleep 1234 & timeout 1234 sleep 1234 & echo >/var/tmp/tree; wait`,
    timeoutMs: 3000,
  }
  const job = asJob(command, { run: 'tree', name: 'a' })
  const following = connection.batch([job], { as: 'root' }).catch(() => {})
  await comes('/var/tmp/tree')
  await connection.close()
  await following
  const { type, output } = await end(await login(t), job, 'root')
  t.is(type, 'deadline')
  t.is(output.code, 124)
  t.is((await host.exec(['pgrep', '-f', 'sleep 1234'])).stdout, '')
})

real('ended from a second connection', async t => {
  const [one, two] = await Promise.all([login(t), login(t)])
  const job = asJob(
    { script: sh`trap '' TERM; echo >/var/tmp/end; sleep 4321; sleep 4321` },
    { run: 'stop', name: 'a' },
  )
  const following = end(one, job, 'root')
  await comes('/var/tmp/end')
  t.like(parseJobs(await once(two, endJobs('stop'), 'root')).jobs, [{ state: 'ended', why: 'end' }])
  t.is((await following).type, 'stopped')
  t.is((await host.exec(['pgrep', '-f', 'sleep 4321'])).stdout, '')
  t.deepEqual(parseJobs(await once(two, forgetJobs('stop'), 'root')).jobs, [])
  t.not((await host.exec(['test', '-e', '/var/lib/baton/jobs/stop'])).code, 0)
})

real('the host is started anew: what ran has vanished, what had ended is still known', async t => {
  const before = await login(t)
  const gone = asJob({ script, args: ['/var/tmp/gone'] }, { run: 'boot', name: 'gone' })
  const done = asJob({ script: sh`echo done; exit 3` }, { run: 'boot', name: 'done' })
  await end(before, done, 'root')
  const { boot } = parseJobs(await once(before, listJobs(), 'root'))
  const following = before.batch([gone], { as: 'root' }).catch((error: unknown) => error)
  await comes('/var/tmp/gone')
  await host.powerCut()
  t.true((await following) instanceof ConnectionError)
  await host.start()
  const after = await login(t)
  const listed = parseJobs(await once(after, listJobs(), 'root'))
  t.not(listed.boot, boot)
  t.like(
    listed.jobs.find(each => each.name === 'gone'),
    { run: 'boot', state: 'vanished' },
  )
  const { type, output } = await end(after, gone, 'root')
  t.is(type, 'vanished')
  t.is(output.stdout.toString(), 'one\n')
  t.like(await end(after, done, 'root'), { type: 'ended' })
  t.is((await end(after, done, 'root')).output.code, 3)
  const never = asJob({ script: sh`true` }, { run: 'boot', name: 'never', attachOnly: true })
  t.is((await end(after, never, 'root')).type, 'absent')
  t.is(await counted('/var/tmp/gone'), 'began\n')
})
