import { symlink as link, lstat, readdir, readFile, writeFile } from 'node:fs/promises'
import test from 'ava'
import { sha256 } from '../../lib/changes/write-file.ts'
import { digest } from '../../lib/facts/digest.ts'
import { path } from '../../lib/facts/path.ts'
import { Secret } from '../../lib/secret.ts'
import { directory } from '../../lib/tasks/directory.ts'
import { file } from '../../lib/tasks/file.ts'
import { symlink } from '../../lib/tasks/symlink.ts'
import { applied, planned, shells } from '../helpers/check-task.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'
import { isRoot, me } from '../helpers/me.ts'
import { tempDirectory } from '../helpers/temp-directory.ts'
import { userWithHome } from '../helpers/user-with-home.ts'

const etc = answer(path('/etc'), { type: 'directory', mode: '0755', owner: 'root', group: 'root' })
const there = { type: 'file', mode: '0644', owner: 'root', group: 'root' } as const

const cases = [
  { title: 'absent: written', now: { type: 'absent' } as const, has: undefined, changes: ['write /etc/motd'] },
  { title: 'as desired: nothing', now: there, has: sha256('hello\n'), changes: [] },
  { title: 'other content: written', now: there, has: sha256('bye\n'), changes: ['write /etc/motd'] },
  {
    title: 'other mode: only attributes',
    now: { ...there, mode: '0600' },
    has: sha256('hello\n'),
    changes: ['set owner and mode of /etc/motd'],
  },
  {
    title: 'a link in its place: replaced by a file',
    now: { type: 'link', target: '/x', owner: 'root', group: 'root' } as const,
    has: undefined,
    changes: ['write /etc/motd'],
  },
] as const

for (const { title, now, has, changes } of cases)
  test(title, async t => {
    const facts = fakeFacts([etc, answer(path('/etc/motd'), now), answer(digest('/etc/motd'), { sha256: has })])
    await planned(t, file({ path: '/etc/motd', content: 'hello\n', mode: '0644' }), facts, changes)
  })

test('a directory in its place is refused', async t => {
  const facts = fakeFacts([
    etc,
    answer(path('/etc/motd'), { type: 'directory', mode: '0755', owner: 'root', group: 'root' }),
    answer(digest('/etc/motd'), { sha256: undefined }),
  ])
  await t.throwsAsync(file({ path: '/etc/motd', content: '' }).plan(facts), { message: /is a directory/ })
})

test('a secret goes over stdin, is private when new, and claims no readable content', async t => {
  const facts = fakeFacts([
    etc,
    answer(path('/etc/key'), { type: 'absent' }),
    answer(digest('/etc/key'), { sha256: undefined }),
  ])
  const [write] = await file({ path: '/etc/key', content: new Secret('tops3cret') }).plan(facts)
  t.deepEqual(write?.command.args, ['/etc/key', '0600', ''])
  t.false(JSON.stringify(write).includes('tops3cret'))
  t.deepEqual(
    write?.makes.map(c => c.fact.key),
    ['path /etc/key', 'digest /etc/key'],
  )
})

test('a mistake in the params names the playbook line', t => {
  const error = t.throws(() => file({ path: 'etc/motd', content: '' }))
  t.regex(error.message, /file\.test\.ts:\d+:\d+: file: path: must be an absolute path/)
})

test('a missing parent is refused', async t => {
  const facts = fakeFacts([
    answer(path('/etc'), { type: 'absent' }),
    answer(path('/etc/motd'), { type: 'absent' }),
    answer(digest('/etc/motd'), { sha256: undefined }),
  ])
  await t.throwsAsync(file({ path: '/etc/motd', content: '' }).plan(facts), { message: '/etc is not there' })
})

for (const shell of shells)
  test(`a real file, ${shell}`, async t => {
    const directory = await tempDirectory(t)
    const at = `${directory}/a 'b' $c`
    await link('/etc/passwd', at)
    await applied(t, file({ path: at, content: 'x\0\n', mode: '0640', ...me }), shell)
    t.is((await lstat(at)).mode & 0o7777, 0o640)
    await applied(t, file({ path: at, content: new Secret('tops3cret') }), shell)
    t.is(await readFile(at, 'utf8'), 'tops3cret')
    t.is((await lstat(at)).mode & 0o7777, 0o640)
    await applied(t, file({ path: at, mode: '4711' }), shell)
    await writeFile(`${directory}/source`, 'abc'.repeat(100_000))
    await applied(t, file({ path: at, source: `${directory}/source` }), shell)
    t.deepEqual((await readdir(directory)).sort(), ["a 'b' $c", 'source'])
  })

for (const shell of shells)
  (isRoot ? test : test.skip)(`the owner is another one, ${shell}`, async t => {
    const { name: owner, group, base } = await userWithHome(t, shell)
    await applied(t, file({ path: `${base}/f`, content: 'x', owner, group, mode: '4750' }), shell)
    await applied(t, file({ path: `${base}/f`, owner: 'root' }), shell)
    await applied(t, directory({ path: `${base}/d`, owner, group, mode: '2770' }), shell)
    await applied(t, symlink({ path: `${base}/l`, target: 'f', owner, group }), shell)
  })
