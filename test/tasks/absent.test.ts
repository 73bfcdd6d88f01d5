import { mkdir, readdir, rename, symlink, writeFile } from 'node:fs/promises'
import test from 'ava'
import { sh } from '../../lib/command.ts'
import { content } from '../../lib/facts/content.ts'
import { digest } from '../../lib/facts/digest.ts'
import { type PathState, path } from '../../lib/facts/path.ts'
import { succeeds } from '../../lib/facts/succeeds.ts'
import { type Tree, tree } from '../../lib/facts/tree.ts'
import { absent } from '../../lib/tasks/absent.ts'
import { applied, planned, shells } from '../helpers/check-task.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'
import { localFacts, localRun } from '../helpers/local-run.ts'
import { tempDirectory } from '../helpers/temp-directory.ts'

const directory = { type: 'directory', mode: '0755', owner: 'root', group: 'root' } as const
const holds = (entries: number, more: object = {}): Tree => ({
  exists: true,
  real: '/a/b',
  identity: '1:2',
  entries,
  mounts: [],
  ...more,
})
const facts = (now: PathState, found: Tree = { exists: false }) =>
  fakeFacts([
    answer(path('/a/b'), now),
    answer(digest('/a/b'), { sha256: undefined }),
    answer(content('/a/b'), { size: undefined, bytes: undefined }),
    answer(tree({ path: '/a/b', deep: false }), found),
    answer(tree({ path: '/a/b', deep: true }), found),
  ])
const one = absent({ path: '/a/b' })
const all = absent({ path: '/a/b', recursive: true })

const cases = [
  { title: 'nothing there', now: { type: 'absent' } as const, found: undefined, task: all, changes: [] },
  {
    title: 'a file',
    now: { ...directory, type: 'file' } as const,
    found: undefined,
    task: one,
    changes: ['remove /a/b'],
  },
  {
    title: 'a link',
    now: { type: 'link', target: '/', owner: 'root', group: 'root' } as const,
    found: undefined,
    task: all,
    changes: ['remove /a/b'],
  },
  { title: 'an empty directory', now: directory, found: holds(0), task: one, changes: ['remove empty directory /a/b'] },
  {
    title: 'a full directory',
    now: directory,
    found: holds(7),
    task: all,
    changes: ['remove directory /a/b with 7 entries'],
  },
]
for (const { title, now, found, task, changes } of cases)
  test(title, async t => {
    await planned(t, task, facts(now, found), changes)
  })

test('refused: a full directory, a mount, a link into the system', async t => {
  const plan = (task: typeof one, found: Tree) => task.plan(facts(directory, found))
  await t.throwsAsync(plan(one, holds(7)), { name: 'Refusal', message: /with 7 entries/ })
  await t.throwsAsync(plan(all, holds(7, { mounts: ['/a/b/m'] })), { name: 'Refusal', message: /mounted at \/a\/b\/m/ })
  await t.throwsAsync(plan(all, holds(7, { real: '/usr/lib' })), { name: 'Refusal', message: /really \/usr\/lib/ })
})

for (const at of ['/srv', '/etc/ssh', '/var/lib', '/usr/bin', '/home/me', '/proc/1', '/boot/grub/x', '/lib/x'])
  test(`${at} is never removed with all that it holds`, t => {
    t.throws(() => absent({ path: at, recursive: true }), { message: /never removed/ })
    t.notThrows(() => absent({ path: at }))
  })

for (const shell of shells) {
  test(`real files and directories, ${shell}`, async t => {
    const base = await tempDirectory(t)
    await mkdir(`${base}/-d 'x'/y/z`, { recursive: true })
    await writeFile(`${base}/-d 'x'/y/new\nline`, '')
    await mkdir(`${base}/kept`)
    await writeFile(`${base}/kept/f`, '')
    await symlink(`${base}/kept`, `${base}/-d 'x'/link`)
    await symlink(`${base}/kept`, `${base}/l`)
    await mkdir(`${base}/e`)
    await t.throwsAsync(applied(t, absent({ path: `${base}/-d 'x'` }), shell), { message: /with 2 entries/ })
    const [change] = await applied(t, absent({ path: `${base}/-d 'x'`, recursive: true }), shell)
    t.regex(change!.summary, /with 4 entries/)
    await applied(t, absent({ path: `${base}/l`, recursive: true }), shell)
    await applied(t, absent({ path: `${base}/e` }), shell)
    await applied(t, absent({ path: `${base}/kept/f` }), shell)
    t.deepEqual(await readdir(base), ['kept'])
  })

  test(`what is not as it was planned stays, ${shell}`, async t => {
    const base = await tempDirectory(t)
    const at = `${base}/d`
    await mkdir(`${at}/x`, { recursive: true })
    const plan = async () => (await absent({ path: at, recursive: true }).plan(localFacts(shell)))[0]!.command
    const refused = async (command: Awaited<ReturnType<typeof plan>>, message: RegExp) => {
      const { code, stderr } = await localRun(command, shell)
      t.is(code, 75)
      t.regex(stderr.toString(), message)
    }
    const full = await plan()
    await writeFile(`${at}/new`, '')
    await refused(full, /held 1 entries when this change was planned, and holds 2 now/)
    const other = await plan()
    await rename(at, `${base}/moved`)
    await mkdir(`${at}/x`, { recursive: true })
    await writeFile(`${at}/new`, '')
    await refused(other, /not the directory that it was/)
    await rename(at, `${base}/real`)
    await symlink(`${base}/real`, at)
    await refused(other, /not the directory that it was/)
    t.deepEqual((await readdir(`${base}/moved`)).sort(), ['new', 'x'])
    t.deepEqual((await readdir(`${base}/real`)).sort(), ['new', 'x'])
  })
}

test('what a directory holds, and what a test looks at, may depend on any change', t => {
  t.true(tree({ path: '/x', deep: true }).kind.dependsOnAnything)
  t.true(succeeds({ script: sh`true` }).kind.dependsOnAnything)
  t.falsy(path('/x').kind.dependsOnAnything)
})

test('what a link shows may change with any file', async t => {
  const facts = fakeFacts([answer(path('/a/f'), { type: 'file', mode: '0644', owner: 'root', group: 'root' })])
  const [change] = await absent({ path: '/a/f' }).plan(facts)
  const bytes = Buffer.from('x')
  const covers = (state: object) => change?.doubts.some(d => d.covers(content('/a/l') as never, state))
  t.deepEqual(
    [
      { size: 1, bytes, link: true },
      { size: 1, bytes },
    ].map(covers),
    [true, false],
  )
})
