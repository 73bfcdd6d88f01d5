import { existsSync } from 'node:fs'
import { chmod, chown, readFile, stat, writeFile } from 'node:fs/promises'
import test from 'ava'
import { content } from '../../lib/facts/content.ts'
import { path } from '../../lib/facts/path.ts'
import { directory } from '../../lib/tasks/directory.ts'
import { file } from '../../lib/tasks/file.ts'
import { line } from '../../lib/tasks/line.ts'
import { symlink } from '../../lib/tasks/symlink.ts'
import { applied, shells } from '../helpers/check-task.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'
import { localFacts } from '../helpers/local-run.ts'
import { isRoot } from '../helpers/me.ts'
import { tempDirectory } from '../helpers/temp-directory.ts'

// No account of this machine has it.
const nameless = 51_030

test('an owner is a name or a number', t => {
  t.notThrows(() => file({ path: '/x', content: '', owner: '1030', group: '0' }))
  for (const owner of ['', '-1', '01', '1.5', 'a b', 'a:b', '+1', '12345678901'])
    t.throws(() => file({ path: '/x', content: '', owner }), { message: /user name or number/ }, owner)
})

test('the number of an owner is as good as the name', async t => {
  const now = { type: 'file', mode: '0644', owner: 'ann', group: 'staff', uid: 1030, gid: 50 } as const
  const facts = fakeFacts([
    answer(path('/'), { type: 'directory', mode: '0755', owner: 'root', group: 'root' }),
    answer(path('/x'), now),
    answer(content('/x'), { size: 2, bytes: Buffer.from('x\n') }),
  ])
  const summaries = async (owner: string, group: string) =>
    (await line({ path: '/x', line: 'x', owner, group }).plan(facts)).map(c => c.summary)
  t.deepEqual(await summaries('1030', 'staff'), [])
  t.deepEqual(await summaries('ann', '50'), [])
  t.deepEqual(await summaries('1031', '50'), ['set owner and mode of /x'])
})

const asRoot = isRoot ? test : test.skip
for (const shell of shells) {
  asRoot(`an owner without a name, ${shell}`, async t => {
    const base = await tempDirectory(t)
    await writeFile(`${base}/f`, 'a\n')
    await chown(`${base}/f`, nameless, nameless)
    t.like(await localFacts(shell).get(path(`${base}/f`)), { owner: `${nameless}`, group: `${nameless}` })
    await applied(t, line({ path: `${base}/f`, line: 'b' }), shell)
    await applied(t, file({ path: `${base}/f`, content: 'c\n' }), shell)
    t.like(await stat(`${base}/f`), { uid: nameless, gid: nameless })
    await applied(t, file({ path: `${base}/f`, owner: '0' }), shell)
    await applied(t, directory({ path: `${base}/d`, owner: `${nameless}`, parents: true }), shell)
    await applied(t, symlink({ path: `${base}/l`, target: 'f', group: `${nameless}` }), shell)
    t.like(await stat(`${base}/d`), { uid: nameless, gid: 0 })
  })

  // As on a host whose tasks run as the login user.
  asRoot(`new things belong to who makes them, who need not be root, ${shell}`, async t => {
    const base = await tempDirectory(t)
    await chown(base, nameless, nameless)
    const as = ['setpriv', `--reuid=${nameless}`, `--regid=${nameless}`, '--clear-groups', ...shell]
    await applied(t, file({ path: `${base}/f`, content: 'x\n' }), as)
    await applied(t, line({ path: `${base}/f`, line: 'y' }), as)
    await applied(t, line({ path: `${base}/new`, line: 'y', create: true }), as)
    await applied(t, directory({ path: `${base}/d` }), as)
    await applied(t, symlink({ path: `${base}/l`, target: 'f' }), as)
    t.is(await readFile(`${base}/f`, 'utf8'), 'x\ny\n')
    await chown(base, 0, 0)
    await chmod(base, 0o1777)
    await applied(t, directory({ path: `${base}/p/q/r`, parents: true }), as)
    for (const at of ['f', 'new', 'd', 'p', 'p/q']) t.is((await stat(`${base}/${at}`)).uid, nameless, at)
  })
}

const busybox = '/usr/bin/busybox'
const withBusybox = isRoot && existsSync(busybox) ? test : test.skip
withBusybox('where stat is that of busybox', async t => {
  const base = await tempDirectory(t)
  await writeFile(`${base}/f`, '')
  await chown(`${base}/f`, nameless, 0)
  const facts = localFacts(['env', 'PATH=/nothing', busybox, 'sh'])
  const owned = { owner: `${nameless}`, group: 'root', uid: nameless, gid: 0 }
  t.deepEqual(await facts.get(path(`${base}/f`)), { type: 'file', mode: '0644', ...owned })
})
