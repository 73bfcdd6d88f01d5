import { symlink as link, mkdir, readdir, readlink, rm, writeFile } from 'node:fs/promises'
import test from 'ava'
import { Unknown } from '../../lib/dsl/facts.ts'
import { content } from '../../lib/facts/content.ts'
import { type PathState, path } from '../../lib/facts/path.ts'
import { symlink } from '../../lib/tasks/symlink.ts'
import { applied, planned, shells } from '../helpers/check-task.ts'
import { expectedFacts } from '../helpers/expected-facts.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'
import { localFacts, localRun } from '../helpers/local-run.ts'
import { me } from '../helpers/me.ts'
import { tempDirectory } from '../helpers/temp-directory.ts'

const root = { type: 'directory', mode: '0755', owner: 'root', group: 'root' } as const
const there = (target: string, owner = 'root') => ({ type: 'link', target, owner, group: 'root' }) as const
const facts = (now: PathState) =>
  fakeFacts([
    answer(path('/a'), root),
    answer(path('/a/b'), now),
    answer(content('/a/b'), { size: 1, bytes: Buffer.from('x') }),
    answer(path('/a/b/c'), { type: 'absent' }),
    answer(path('/a/bc'), { type: 'absent' }),
  ])

const task = symlink({ path: '/a/b', target: '../x' })
const file = { ...root, type: 'file' } as const
const cases = [
  { title: 'absent', now: { type: 'absent' } as const, task, changes: ['link /a/b -> ../x'] },
  { title: 'as desired', now: there('../x', 'me'), task, changes: [] },
  { title: 'another target', now: there('/x'), task, changes: ['link /a/b -> ../x'] },
  {
    title: 'another owner',
    now: there('../x'),
    task: symlink({ path: '/a/b', target: '../x', owner: 'me' }),
    changes: ['link /a/b -> ../x'],
  },
  {
    title: 'a file that may go',
    now: file,
    task: symlink({ path: '/a/b', target: '../x', replaceFile: true }),
    changes: ['link /a/b -> ../x'],
  },
]
for (const { title, now, task, changes } of cases)
  test(title, async t => {
    await planned(t, task, facts(now), changes)
  })

test('a file or a directory in its place is refused', async t => {
  await t.throwsAsync(task.plan(facts(file)), { message: /is a file/ })
  await t.throwsAsync(task.plan(facts(root)), { message: /is a directory/ })
})

test('what is behind it is unknown afterwards, what is beside it stays known', async t => {
  const after = expectedFacts(facts(there('/x')), await task.plan(facts(there('/x'))))
  await t.throwsAsync(after.get(path('/a/b/c')), { instanceOf: Unknown })
  await t.throwsAsync(after.get(content('/a/b')), { instanceOf: Unknown })
  t.deepEqual(await after.get(path('/a/bc')), { type: 'absent' })
})

for (const shell of shells) {
  test(`real links, ${shell}`, async t => {
    const base = await tempDirectory(t)
    const at = `${base}/-l 'x'`
    await applied(t, symlink({ path: at, target: '-n $HOME', ...me }), shell)
    t.is(await readlink(at), '-n $HOME')
    await mkdir(`${base}/d`)
    await applied(t, symlink({ path: at, target: `${base}/d` }), shell)
    await applied(t, symlink({ path: at, target: '/etc' }), shell)
    t.is(await readlink(at), '/etc')
    await writeFile(`${base}/f`, 'x')
    await applied(t, symlink({ path: `${base}/f`, target: 'd', replaceFile: true, ...me }), shell)
    t.deepEqual((await readdir(base)).sort(), ["-l 'x'", 'd', 'f'])
  })

  test(`what came into its place meanwhile is not replaced, ${shell}`, async t => {
    const at = `${await tempDirectory(t)}/l`
    await link('/x', at)
    const [change] = await symlink({ path: at, target: '/y' }).plan(localFacts(shell))
    await rm(at)
    await writeFile(at, 'precious')
    t.is((await localRun(change!.command, shell)).code, 75)
  })
}
