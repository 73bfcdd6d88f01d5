import test from 'ava'
import { group } from '../../lib/facts/group.ts'
import { localRun } from '../helpers/local-run.ts'
import { output } from '../helpers/output.ts'

const kind = group('').kind

test('names are matched', t => {
  // Captured on Debian 12.
  const text = 'ssl-cert:x:111:postgres\nusers:x:100:\n'
  t.deepEqual(kind.parse(output(text), ['users', 'nosuch', 'ssl-cert']), [
    { exists: true, gid: 100 },
    { exists: false },
    { exists: true, gid: 111 },
  ])
})

test('a failed question is an error and not "absent"', t => {
  t.throws(() => kind.parse(output('', { code: 1, stderr: 'getent: cannot reach LDAP' }), ['users']), {
    message: /cannot reach LDAP/,
  })
  t.throws(() => kind.parse(output('users:x:many:\n'), ['users']), { message: /no group entry/ })
})

for (const shell of ['dash', 'bash'])
  test(`this machine, ${shell}`, async t => {
    const names = ['root', 'no-such-group']
    t.deepEqual(kind.parse(await localRun(kind.ask(names), [shell]), names), [
      { exists: true, gid: 0 },
      { exists: false },
    ])
  })
