import test from 'ava'
import { sha256 } from '../../../lib/changes/write-file.ts'
import { digest } from '../../../lib/facts/digest.ts'
import { path } from '../../../lib/facts/path.ts'
import { cluster } from '../../../lib/facts/postgres/cluster.ts'
import { recovery } from '../../../lib/facts/postgres/recovery.ts'
import { recoveryTarget } from '../../../lib/facts/postgres/recovery-target.ts'
import { hold } from '../../../lib/tasks/postgres/hold.ts'
import { planned } from '../../helpers/check-task.ts'
import { answer, fakeFacts } from '../../helpers/fake-facts.ts'

const target = '/etc/postgresql/17/main/conf.d/60-baton-hold.conf'
const file = { type: 'file', mode: '0644', owner: 'root', group: 'root' } as const
const text = "# the job's\nrecovery_target_lsn = '0/A000000'\n"
const onDisk = { installed: true, configured: true, data: 'cluster', standby: true, systemIdentifier: '7' } as const
const none = { unavailable: 'no server' }
const server = (inRecovery: boolean, bounded: boolean) => ({
  inRecovery,
  bounded,
  held: bounded,
  systemIdentifier: '7',
})
type Case = readonly [string, boolean, typeof none | ReturnType<typeof server>, readonly string[], string?]
const [write, restart] = [
  `write ${target}`,
  'restart postgresql@17-main.service, which follows its primary without a limit',
] as const

for (const [title, there, now, changes, minimum = '0/A000000'] of [
  ['a new cluster, not started: held at the end of its backup', false, none, [write]],
  ['a target of the job, server down: left alone', true, none, []],
  ['a target that a server that is down has left behind: it would not start', true, none, [write], '0/10000000'],
  ['a target that a running server has left behind', true, server(true, true), [], '0/10000000'],
  ['held: nothing', true, server(true, true), []],
  ['runs free without a target: held by a restart', false, server(true, false), [write, restart]],
  ['runs free beside a target that it never read', true, server(true, false), [write, restart]],
  ['a primary is not restarted', true, server(false, false), []],
] as readonly Case[])
  test(title, async t => {
    const facts = fakeFacts([
      answer(cluster({ version: '17', name: 'main', dataDirectory: '/var/lib/postgresql/17/main' }), {
        ...onDisk,
        running: !('unavailable' in now),
        minimumRecovery: minimum,
      }),
      answer(recoveryTarget(target), { position: there ? '0/A000000' : undefined }),
      answer(path(target), there ? file : { type: 'absent' }),
      answer(path('/etc/postgresql/17/main/conf.d'), { ...file, type: 'directory' }),
      answer(digest(target), { sha256: there ? sha256(text) : undefined }),
      answer(recovery({ port: 5432 }), now),
    ])
    await planned(t, hold({ version: '17' }), facts, changes)
  })
