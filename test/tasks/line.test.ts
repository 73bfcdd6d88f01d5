import { chmod, readFile, stat, symlink, writeFile } from 'node:fs/promises'
import test from 'ava'
import { CONTENT_LIMIT, content } from '../../lib/facts/content.ts'
import { path } from '../../lib/facts/path.ts'
import { line } from '../../lib/tasks/line.ts'
import { applied, planned, shells } from '../helpers/check-task.ts'
import { answer, fakeFacts } from '../helpers/fake-facts.ts'
import { localFacts, localRun } from '../helpers/local-run.ts'
import { me } from '../helpers/me.ts'
import { tempDirectory } from '../helpers/temp-directory.ts'

const root = { type: 'directory', mode: '0755', owner: 'root', group: 'root' } as const
const there = { type: 'file', mode: '0644', owner: 'root', group: 'root' } as const
const facts = (bytes: Buffer) =>
  fakeFacts([answer(path('/f'), there), answer(content('/f'), { size: bytes.length, bytes })])
const f = { path: '/f' }

const cases = [
  { title: 'put at the end', text: 'a\n', task: line({ ...f, line: 'x' }), after: 'a\nx\n' },
  { title: 'there already', text: 'x\na', task: line({ ...f, line: 'x' }), after: undefined },
  {
    title: 'the last match becomes it',
    text: 'k 1\nk 2\n',
    task: line({ ...f, line: 'k 3', match: /^k /g }),
    after: 'k 1\nk 3\n',
  },
  {
    title: 'a line that does not match its pattern',
    text: '#k\n#k\n',
    task: line({ ...f, line: 'k', match: /^#k/ }),
    after: '#k\nk\n',
  },
  { title: 'before the first', text: 'a\n', task: line({ ...f, line: 'x', before: 'start' }), after: 'x\na\n' },
  { title: 'behind a match', text: 'a\nb\n', task: line({ ...f, line: 'é', after: /^a/ }), after: 'a\né\nb\n' },
  { title: 'removed', text: 'a\nb\na\n', task: line({ ...f, line: 'a', state: 'absent' }), after: 'b\n' },
  { title: 'removed by pattern', text: 'a1\nb\n', task: line({ ...f, match: /^a/, state: 'absent' }), after: 'b\n' },
  { title: 'nothing to remove', text: 'b\n', task: line({ ...f, line: 'a', state: 'absent' }), after: undefined },
]
for (const { title, text, task, after } of cases)
  test(title, async t => {
    const changes = await planned(t, task, facts(Buffer.from(text)), after === undefined ? [] : ['edit /f'])
    if (after !== undefined) t.is(Buffer.from(changes[0]!.command.stdin as Buffer).toString(), after)
  })

test('bytes that are not UTF-8 stay as they are', async t => {
  const [change] = await line({ ...f, line: 'x' }).plan(facts(Buffer.from('caf\xe9\n', 'latin1')))
  t.deepEqual(change!.command.stdin as Buffer, Buffer.from('caf\xe9\nx\n', 'latin1'))
  await t.throwsAsync(line({ ...f, line: 'é' }).plan(facts(Buffer.from('caf\xe9\n', 'latin1'))), {
    name: 'Refusal',
    message: /not UTF-8/,
  })
})

test('what is no text file of a bearable size is refused', async t => {
  const has = (state: object, size?: number, bytes?: Buffer) =>
    fakeFacts([answer(path('/'), root), answer(path('/f'), state as never), answer(content('/f'), { size, bytes })])
  const plan = (facts: ReturnType<typeof has>) => line({ ...f, line: 'x', create: true }).plan(facts)
  await t.throwsAsync(plan(has({ type: 'link', target: '/g', owner: 'r', group: 'r' }, 1, Buffer.from('a'))), {
    message: /link to \/g/,
  })
  await t.throwsAsync(plan(has({ ...there, type: 'directory' })), { message: /a directory/ })
  await t.throwsAsync(plan(has({ ...there, type: 'other' })), { message: /a device/ })
  await t.throwsAsync(plan(has(there, CONTENT_LIMIT + 1)), { message: /are not edited/ })
  await t.throwsAsync(plan(has(there, 2, Buffer.from('a\0'))), { message: /NUL/ })
})

for (const shell of shells) {
  test(`a real file keeps its mode and its line ends, ${shell}`, async t => {
    const file = `${await tempDirectory(t)}/-x 'y'`
    await writeFile(file, '\ufeffa\r\nb')
    await chmod(file, 0o4751)
    await applied(t, line({ path: file, line: '$(reboot) `x` "é"', after: /a/ }), shell)
    t.is(await readFile(file, 'utf8'), '\ufeffa\r\n$(reboot) `x` "é"\r\nb')
    t.is((await stat(file)).mode & 0o7777, 0o4751)
    await applied(t, line({ path: `${file}.new`, line: 'x', create: true, mode: '0600', ...me }), shell)
    t.is((await stat(`${file}.new`)).mode & 0o7777, 0o600)
  })

  test(`what somebody else changed in between is not overwritten, ${shell}`, async t => {
    const directory = await tempDirectory(t)
    const file = `${directory}/f`
    await writeFile(file, 'a\n')
    const [edit] = await line({ path: file, line: 'x' }).plan(localFacts(shell))
    const [create] = await line({ path: `${directory}/new`, line: 'x', create: true, ...me }).plan(localFacts(shell))
    await writeFile(file, 'b\n')
    await symlink('/etc/passwd', `${directory}/new`)
    for (const change of [edit!, create!]) {
      const { code, stderr } = await localRun(change.command, shell)
      t.is(code, 75)
      t.regex(stderr.toString(), /is not what it was/)
    }
    t.is(await readFile(file, 'utf8'), 'b\n')
  })

  test(`a file that its program finds invalid does not take its place, ${shell}`, async t => {
    const file = `${await tempDirectory(t)}/f`
    await writeFile(file, 'a\n')
    const task = (text: string) => line({ path: file, line: text, validate: ['grep', '-qx', 'good', '%s'] })
    const [bad] = await task('bad').plan(localFacts(shell))
    t.is((await localRun(bad!.command, shell)).code, 1)
    t.is(await readFile(file, 'utf8'), 'a\n')
    await applied(t, task('good'), shell)
    t.is(await readFile(file, 'utf8'), 'a\ngood\n')
  })
}

test('params say what is wrong', t => {
  t.throws(() => line({ ...f, line: 'a\nb' }), { message: /must be one line/ })
  t.throws(() => line({ ...f }), { message: /give line/ })
  t.throws(() => line({ ...f, line: 'a', after: /a/, before: /b/ }), { message: /not both/ })
})
