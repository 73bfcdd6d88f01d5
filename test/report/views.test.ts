import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test from 'ava'
import { checkViewPaths, writeViews } from '../../lib/report/views.ts'
import { recorded } from '../helpers/events.ts'
import { asRecords, everything } from '../helpers/everything.ts'
import { parseXml } from '../helpers/xml.ts'

const folder = () => mkdtemp(join(tmpdir(), 'baton-'))
const around = (cwd: string) => ({ env: {}, cwd: () => cwd })

test('each view in its file, and nothing else in the folder', async t => {
  const cwd = await folder()
  await writeFile(join(cwd, 'j.xml'), 'old')
  await writeViews(asRecords(everything), { junit: 'j.xml', codeQuality: 'q.json', summary: 's.md' }, around(cwd))
  t.deepEqual((await readdir(cwd)).sort(), ['j.xml', 'q.json', 's.md'])
  t.is(parseXml(await readFile(join(cwd, 'j.xml'), 'utf8')).name, 'testsuites')
  t.true(Array.isArray(JSON.parse(await readFile(join(cwd, 'q.json'), 'utf8'))))
  t.regex(await readFile(join(cwd, 's.md'), 'utf8'), /^### All/)
})

test('of a run that another went on with, the other', async t => {
  const cwd = await folder()
  const both = asRecords([...recorded('failing').slice(0, 20), ...recorded('changing')])
  await writeViews(both, { junit: 'j.xml', summary: 's.md' }, around(cwd))
  t.false((await readFile(join(cwd, 'j.xml'), 'utf8')).includes('Prepare the hosts'))
  t.regex(await readFile(join(cwd, 's.md'), 'utf8'), /^### Artifactory warm standby: done, 7 changed/)
})

test('one that cannot be written does not keep the others from being written, and leaves nothing behind', async t => {
  const cwd = await folder()
  await mkdir(join(cwd, 'j.xml'))
  const error = await t.throwsAsync(writeViews(asRecords(everything), { junit: 'j.xml', summary: 's.md' }, around(cwd)))
  t.regex(error?.message ?? '', /--junit j\.xml: /)
  t.deepEqual((await readdir(cwd)).sort(), ['j.xml', 's.md'])
})

test('what is wrong with paths is known before the run', async t => {
  const cwd = await folder()
  await mkdir(join(cwd, 'there'))
  const messages = async (paths: Parameters<typeof checkViewPaths>[0]) =>
    (await checkViewPaths(paths, around(cwd))).map(({ message }) => message.replaceAll(cwd, '.'))
  t.deepEqual(await messages({ junit: 'new.xml', report: 'there/r.html' }), [])
  t.deepEqual(await messages({ junit: 'no/j.xml', report: 'there', summary: 'a', codeQuality: './a' }), [
    '--junit no/j.xml: there is no folder ./no',
    '--report there: ./there is a folder',
    '--summary a: --code-quality is to write the same file',
  ])
})
