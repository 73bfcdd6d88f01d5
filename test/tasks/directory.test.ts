import { chmod, mkdir, stat, symlink, writeFile } from 'node:fs/promises'
import test from 'ava'
import { type PathState, path } from '../../lib/facts/path.ts'
import { directory } from '../../lib/tasks/directory.ts'
import { applied, planned, shells } from '../helpers/check-task.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'
import { me } from '../helpers/me.ts'
import { tempDirectory } from '../helpers/temp-directory.ts'

const root = { type: 'directory', mode: '0755', owner: 'root', group: 'root' } as const
const jfrog = { ...root, owner: 'artifactory', group: 'artifactory' }
const absent = { type: 'absent' } as const
const link = { type: 'link', target: '/x', owner: 'root', group: 'root' } as const
const facts = (states: Record<string, PathState>) =>
  fakeFacts(Object.entries({ '/': root, '/a': root, ...states }).map(([at, state]) => answer(path(at), state)))

const cases = [
  {
    title: 'absent',
    states: { '/a': root, '/a/b': absent },
    task: directory({ path: '/a/b' }),
    changes: ['make directory /a/b'],
  },
  { title: 'as desired', states: { '/a/b': jfrog }, task: directory({ path: '/a/b' }), changes: [] },
  {
    title: 'another owner',
    states: { '/a/b': root },
    task: directory({ path: '/a/b', owner: 'artifactory' }),
    changes: ['set owner and mode of /a/b'],
  },
  {
    title: 'below a link',
    states: { '/a': link, '/a/b': absent },
    task: directory({ path: '/a/b' }),
    changes: ['make directory /a/b'],
  },
  {
    title: 'with parents',
    states: { '/a': jfrog, '/a/b': absent, '/a/b/c': absent, '/a/b/c/d': absent },
    task: directory({ path: '/a/b/c/d', mode: '0700', parents: true }),
    changes: ['make directory /a/b', 'make directory /a/b/c', 'make directory /a/b/c/d'],
  },
]
for (const { title, states, task, changes } of cases)
  test(title, async t => {
    await planned(t, task, facts(states), changes)
  })

test('parents belong to the owner of the directory that they are made in', async t => {
  const states = { '/a': jfrog, '/a/b': absent, '/a/b/c': absent }
  const changes = await directory({ path: '/a/b/c', owner: 'root', parents: true }).plan(facts(states))
  t.deepEqual(
    changes.map(c => c.command.args),
    [
      ['/a/b', 'artifactory:artifactory'],
      ['/a/b/c', 'root', '0755'],
    ],
  )
})

const refused = [
  { title: 'a file in its place', states: { '/a': { ...root, type: 'file' } }, at: '/a', message: /is a file/ },
  { title: 'a link in its place', states: { '/a': link }, at: '/a', message: /is a link to \/x/ },
  { title: 'no parent', states: { '/a': absent, '/a/b': absent }, at: '/a/b', message: /\/a is not there/ },
  {
    title: 'a parent that is a file',
    states: { '/a': { ...root, type: 'file' }, '/a/b': absent },
    at: '/a/b',
    message: /\/a is a file/,
  },
] as const
for (const { title, states, at, message } of refused)
  test(`refused: ${title}`, async t => {
    await t.throwsAsync(directory({ path: at }).plan(facts(states)), { name: 'Refusal', message })
  })

for (const shell of shells)
  test(`real directories, ${shell}`, async t => {
    const base = await tempDirectory(t)
    await mkdir(`${base}/set-id`)
    await chmod(`${base}/set-id`, 0o2775)
    const mode = async (at: string) => (await stat(`${base}/${at}`)).mode & 0o7777
    await applied(t, directory({ path: `${base}/-a 'b'`, mode: '1750', ...me }), shell)
    t.is(await mode("-a 'b'"), 0o1750)
    await applied(t, directory({ path: `${base}/set-id/x/y`, parents: true, ...me }), shell)
    t.is(await mode('set-id/x/y'), 0o755)
    await applied(t, directory({ path: `${base}/set-id`, mode: '0700' }), shell)
    t.is(await mode('set-id'), 0o700)
    await symlink(`${base}/set-id`, `${base}/link`)
    await applied(t, directory({ path: `${base}/link/z`, ...me }), shell)
    await writeFile(`${base}/file`, '')
    await t.throwsAsync(applied(t, directory({ path: `${base}/file/x` }), shell), { name: 'Refusal' })
  })
