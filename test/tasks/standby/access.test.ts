import test from 'ava'
import { content } from '../../../lib/facts/content.ts'
import { digest } from '../../../lib/facts/digest.ts'
import { path } from '../../../lib/facts/path.ts'
import { pinnedHostKey } from '../../../lib/tasks/standby/pinned-host-key.ts'
import { readOnlyAccess } from '../../../lib/tasks/standby/read-only-access.ts'
import { planned } from '../../helpers/check-task.ts'
import { answer, fakeFacts } from '../../helpers/fake-facts.ts'

const blob = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFQ2Kp3ltWPaznml3jolzUa4SLcaLkbnkb'
const directory = { type: 'directory', mode: '0755', owner: 'root', group: 'root' } as const
const pub = (text: string | undefined) =>
  fakeFacts([
    answer(content('/key.pub'), { size: text?.length, bytes: text === undefined ? undefined : Buffer.from(text) }),
  ])
const facts = (text: string | undefined) =>
  fakeFacts(
    [
      answer(path('/a/file'), { type: 'absent' }),
      answer(path('/a'), directory),
      answer(path('/a/sudoers'), { type: 'absent' }),
      answer(digest('/a/sudoers'), { sha256: undefined }),
      answer(digest('/a/file'), { sha256: undefined }),
      answer(path('/opt/artifactory/var'), { type: 'link', target: '/var/artifactory', owner: 'root', group: 'root' }),
    ],
    { other: pub(text) },
  )
const access = readOnlyAccess({
  account: 'reader',
  runAs: 'artifactory',
  sudoers: '/a/sudoers',
  path: '/a/file',
  home: '/opt/artifactory',
  of: 'other',
  publicKey: '/key.pub',
  address: '198.51.100.3',
})

test('the key may run rrsync on the real directory, from one address', async t => {
  const [allow, write] = await planned(t, access, facts(`${blob} comment with "quotes"\n`), [
    'write /a/sudoers',
    'write /a/file',
  ])
  t.is(
    String(write?.command.stdin),
    `restrict,from="198.51.100.3",command="sudo -n -u artifactory /usr/bin/rrsync -ro -no-lock /var/artifactory" ${blob}\n`,
  )
  t.regex(
    String(allow?.command.stdin),
    /^reader ALL=\(artifactory\) NOPASSWD: \/usr\/bin\/rrsync -ro -no-lock \/var\/artifactory$/m,
  )
  t.true(allow?.command.args?.includes('visudo'), 'a mistake in sudoers would lock everybody out')
})

test('a key that is not made yet is unknown; what is no key is refused', async t => {
  await t.throwsAsync(access.plan(facts(undefined)), { message: /not known before it is made/ })
  await t.throwsAsync(access.plan(facts('command="evil" ssh-rsa AAAA')), { message: /holds no public key/ })
})

test('the host key is pinned under the name by which ssh looks it up', async t => {
  for (const [port, line] of [
    [22, `198.51.100.2 ${blob}\n`],
    [2222, `[198.51.100.2]:2222 ${blob}\n`],
  ] as const) {
    const task = pinnedHostKey({ path: '/a/file', of: 'other', address: '198.51.100.2', port, hostKey: '/key.pub' })
    const [write] = await planned(t, task, facts(`${blob} root@node1\n`), ['write /a/file'])
    t.is(String(write?.command.stdin), line)
  }
})
