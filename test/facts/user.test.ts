import test from 'ava'
import { user } from '../../lib/facts/user.ts'
import { localFacts, localRun } from '../helpers/local-run.ts'
import { output } from '../helpers/output.ts'

const kind = user('').kind

// Captured on Debian 12: getent passwd postgres nosuch daemon; id -Gnz -- postgres daemon
const captured = [
  'postgres:x:104:112:PostgreSQL administrator,,,:/var/lib/postgresql:/bin/bash',
  'daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin',
  '',
  'postgres\0ssl-cert\0\0daemon\0\0',
].join('\n')

test('names are matched, groups are told apart, the first group is the primary one', t => {
  t.deepEqual(kind.parse(output(captured), ['postgres', 'nosuch', 'daemon']), [
    {
      exists: true,
      uid: 104,
      gid: 112,
      home: '/var/lib/postgresql',
      shell: '/bin/bash',
      group: 'postgres',
      groups: ['ssl-cert'],
    },
    { exists: false },
    { exists: true, uid: 1, gid: 1, home: '/usr/sbin', shell: '/usr/sbin/nologin', group: 'daemon', groups: [] },
  ])
})

test('a group name may hold a blank', t => {
  const text = 'ann:x:1000:513::/home/ann:/bin/sh\n\ndomain users\0remote desktop users\0'
  const [ann] = kind.parse(output(text), ['ann'])
  t.like(ann, { group: 'domain users', groups: ['remote desktop users'] })
})

test('an answer that is cut off, or is no passwd entry, is an error and not "absent"', t => {
  t.throws(() => kind.parse(output(''), ['ann']), { message: /cut off/ })
  t.throws(() => kind.parse(output('ann:x:zero:0::/:/bin/sh\n\nann\0'), ['ann']), { message: /no passwd entry/ })
  t.throws(() => kind.parse(output('ann:x:1:1::/:/bin/sh\n\n'), ['ann', 'ann']), { message: /cannot tell the groups/ })
  t.throws(() => kind.parse(output('', { code: 127, stderr: 'getent: not found' }), ['ann']), { message: /getent/ })
})

for (const shell of ['dash', 'bash']) {
  test(`this machine, ${shell}`, async t => {
    const names = ['root', 'no-such-user', 'daemon']
    const [root, nobody, daemon] = kind.parse(await localRun(kind.ask(names), [shell]), names)
    t.like(root, { exists: true, uid: 0, gid: 0, group: 'root', home: '/root' })
    t.deepEqual(nobody, { exists: false })
    t.like(daemon, { exists: true, uid: 1, shell: '/usr/sbin/nologin' })
  })

  test(`only one name, there and not there, ${shell}`, async t => {
    t.like(await localFacts([shell]).get(user('root')), { exists: true, uid: 0 })
    t.deepEqual(await localFacts([shell]).get(user('no-such-user')), { exists: false })
  })
}
