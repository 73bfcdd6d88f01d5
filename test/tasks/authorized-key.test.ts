import { chmod, mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises'
import test from 'ava'
import { content } from '../../lib/facts/content.ts'
import { type PathState, path } from '../../lib/facts/path.ts'
import { type UserState, user } from '../../lib/facts/user.ts'
import { authorizedKey } from '../../lib/tasks/authorized-key.ts'
import { applied, planned, shells } from '../helpers/check-task.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'
import { key1, key2 } from '../helpers/keys.ts'
import { localRun } from '../helpers/local-run.ts'
import { isRoot } from '../helpers/me.ts'
import { userWithHome } from '../helpers/user-with-home.ts'

const home = { type: 'directory', mode: '0755', owner: 'kim', group: 'staff' } as const
const closed = { ...home, mode: '0700' }
const file = { ...home, type: 'file', mode: '0600' } as const
const absent = { type: 'absent' } as const
const kim: UserState = { exists: true, home: '/home/kim', shell: '/bin/sh', group: 'staff', groups: [] }

interface Host {
  readonly who?: UserState
  readonly homeState?: PathState
  readonly directory?: PathState
  readonly now?: PathState
  readonly text?: string
}
const facts = ({ who = kim, homeState = home, directory = closed, now = file, text = '' }: Host) => {
  const at = '/home/kim/.ssh/authorized_keys'
  return fakeFacts([
    answer(user('kim'), who),
    answer(path('/home/kim'), homeState),
    answer(path('/home/kim/.ssh'), directory),
    answer(path(at), now),
    answer(
      content(at),
      now.type === 'absent' ? { size: undefined, bytes: undefined } : { size: text.length, bytes: Buffer.from(text) },
    ),
  ])
}

const make = 'make directory /home/kim/.ssh'
const create = 'create /home/kim/.ssh/authorized_keys'
const edit = 'edit /home/kim/.ssh/authorized_keys'
const close = 'set owner and mode of /home/kim/.ssh'
const task = authorizedKey({ user: 'kim', key: key1 })

const cases = [
  { title: 'nothing there', host: { directory: absent, now: absent }, task, changes: [make, create] },
  {
    title: "nothing there, in a home of root's",
    host: { homeState: { ...home, owner: 'root' }, directory: absent, now: absent },
    task,
    changes: [make, create],
  },
  { title: 'as desired', host: { text: `${key1} a comment\n` }, task, changes: [] },
  { title: 'another key', host: { text: `${key2}\n` }, task, changes: [edit] },
  { title: 'options that are not wanted', host: { text: `no-pty ${key1}\n` }, task, changes: [edit] },
  { title: 'a file that others may read', host: { text: key1, now: { ...file, mode: '0644' } }, task, changes: [edit] },
  { title: 'a directory that others may enter', host: { text: key1, directory: home }, task, changes: [close] },
  {
    title: 'a key to remove',
    host: { text: `x="y" ${key1}\n` },
    task: authorizedKey({ user: 'kim', key: key1, state: 'absent' }),
    changes: [edit],
  },
  {
    title: 'a removed key',
    host: { now: absent },
    task: authorizedKey({ user: 'kim', key: key1, state: 'absent' }),
    changes: [],
  },
] as const
for (const { title, host, task, changes } of cases)
  test(title, async t => {
    await planned(t, task, facts(host), changes)
  })

const link = { type: 'link', target: '/root/.ssh', owner: 'kim', group: 'staff' } as const
const refused = [
  { title: 'no such user', host: { who: { exists: false } }, message: /no user kim/ },
  { title: 'a link as directory', host: { directory: link }, message: /is a link to/ },
  { title: 'a link as file', host: { now: link }, message: /is a link to/ },
  {
    title: "a home of somebody else's",
    host: { homeState: { ...home, owner: 'eve' }, directory: absent, now: absent },
    message: /belongs to eve/,
  },
  {
    title: "a file that is root's alone",
    host: { now: { ...file, owner: 'root', group: 'root' } },
    message: /belongs to root, mode 0600, and kim may not read it/,
  },
  {
    title: "a directory of somebody else's",
    host: { directory: { ...closed, owner: 'eve' } },
    message: /belongs to eve/,
  },
] as const
for (const { title, host, message } of refused)
  test(`refused: ${title}`, async t => {
    await t.throwsAsync(task.plan(facts(host)), { name: 'Refusal', message })
  })

test('options are written as sshd reads them', async t => {
  const options = {
    command: 'rrsync -ro "/srv/a b"',
    restrict: true,
    from: ['198.51.100.0/24', '!x'],
    flags: ['pty' as const],
  }
  const [change] = await authorizedKey({ user: 'kim', key: `${key1} me`, options }).plan(facts({}))
  t.is(
    Buffer.from(change!.command.stdin as Buffer).toString(),
    `restrict,command="rrsync -ro \\"/srv/a b\\"",from="198.51.100.0/24,!x",pty ${key1} me\n`,
  )
})

test('what is no public key is refused', t => {
  for (const key of ['', 'ssh-ed25519', 'ssh-rsa AAAAC3NzaC1lZDI1NTE5', `${key1}\n${key2}`, `no-pty ${key1}`])
    t.throws(() => authorizedKey({ user: 'kim', key }), { message: /authorizedKey: key: must be/ }, key)
})

for (const shell of shells) {
  test(`a real home, ${shell}`, async t => {
    const { name, home, facts } = await userWithHome(t, shell)
    const at = `${home}/.ssh/authorized_keys`
    await applied(t, authorizedKey({ user: name, key: `${key2} keep` }), shell, facts)
    await applied(t, authorizedKey({ user: name, key: key1, options: { command: 'echo \'$x\' "y"' } }), shell, facts)
    t.is(await readFile(at, 'utf8'), `${key2} keep\ncommand="echo '$x' \\"y\\"" ${key1}\n`)
    await chmod(at, 0o644)
    await chmod(`${home}/.ssh`, 0o2755)
    await applied(t, authorizedKey({ user: name, key: key1, exclusive: true }), shell, facts)
    t.is(await readFile(at, 'utf8'), `${key1}\n`)
    const [directory, file] = [await stat(`${home}/.ssh`), await stat(at)]
    t.deepEqual([directory.mode & 0o7777, file.mode & 0o7777], [0o700, 0o600])
    t.is(file.uid, (await stat(home)).uid)
  })

  const asRoot = isRoot ? test : test.skip
  asRoot(`a link that the user plants meanwhile leads root nowhere, ${shell}`, async t => {
    const { name, home, base, facts } = await userWithHome(t, shell)
    await mkdir(`${base}/precious`, 0o700)
    const changes = await authorizedKey({ user: name, key: key1 }).plan(facts)
    await symlink(`${base}/precious`, `${home}/.ssh`)
    for (const { command } of changes) t.not((await localRun(command, shell)).code, 0)
    t.deepEqual(await readdir(`${base}/precious`), [])
    t.is((await stat(`${base}/precious`)).uid, 0)
  })
}
