import test from 'ava'
import { sha256 } from '../../../lib/changes/write-file.ts'
import { digest } from '../../../lib/facts/digest.ts'
import { path } from '../../../lib/facts/path.ts'
import { recovery } from '../../../lib/facts/postgres/recovery.ts'
import { hold } from '../../../lib/tasks/postgres/hold.ts'
import { planned } from '../../helpers/check-task.ts'
import { answer, fakeFacts } from '../../helpers/fake-facts.ts'

const target = '/etc/postgresql/17/main/conf.d/60-baton-hold.conf'
const file = { type: 'file', mode: '0644', owner: 'root', group: 'root' } as const
const none = { unavailable: 'no server' }
const server = (inRecovery: boolean, bounded: boolean) => ({
  inRecovery,
  bounded,
  held: bounded,
  systemIdentifier: '7',
})
const [write, restart] = [
  `write ${target}`,
  'restart postgresql@17-main.service, which follows its primary without a limit',
]

for (const [title, there, now, changes] of [
  ['a new cluster, not started: held at the end of its backup', false, none, [write]],
  ['a target of the job, server down: left alone', true, none, []],
  ['held: nothing', true, server(true, true), []],
  ['runs free without a target: held by a restart', false, server(true, false), [write, restart]],
  ['runs free beside a target that it never read', true, server(true, false), [write, restart]],
  ['a primary is not restarted', true, server(false, false), []],
] as const)
  test(title, async t => {
    const facts = fakeFacts([
      answer(path(target), there ? file : { type: 'absent' }),
      answer(path('/etc/postgresql/17/main/conf.d'), { ...file, type: 'directory' }),
      answer(digest(target), { sha256: there ? sha256('recovery_target_lsn') : undefined }),
      answer(recovery({ port: 5432 }), now),
    ])
    await planned(t, hold({ version: '17' }), facts, changes)
  })
