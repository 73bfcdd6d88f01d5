import { createHash } from 'node:crypto'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import test from 'ava'
import { CONTENT_LIMIT, content } from '../../lib/facts/content.ts'
import { device } from '../../lib/facts/device.ts'
import { digest } from '../../lib/facts/digest.ts'
import { path } from '../../lib/facts/path.ts'
import { tree } from '../../lib/facts/tree.ts'
import { askAll } from '../helpers/ask.ts'
import { shells } from '../helpers/check-task.ts'
import { isRoot, me } from '../helpers/me.ts'
import { tempDirectory } from '../helpers/temp-directory.ts'

const names = ['-n \'x\' "y" $HOME', 'é\\0', 'a  b', '*', '%s\t']
const bytes = Buffer.from([0, 10, 255, 13, 10, 0])

for (const shell of shells) {
  test(`paths, ${shell}`, async t => {
    const base = await tempDirectory(t)
    for (const name of names) await writeFile(`${base}/${name}`, '')
    await chmod(`${base}/*`, 0o4640)
    await mkdir(`${base}/d`)
    await chmod(`${base}/d`, 0o1700)
    await symlink('no where\n$x', `${base}/l`)
    const state = (type: 'file' | 'directory', mode: string) => ({ type, mode, ...me })
    const at = [
      ...names.map(n => `${base}/${n}`),
      `${base}/d`,
      `${base}/l`,
      `${base}/none`,
      `${base}/a  b/x`,
      '/dev/null',
    ]
    const answers = await askAll(at.map(path), shell)
    t.deepEqual(
      answers.slice(0, 3).map(a => a.type),
      ['file', 'file', 'file'],
    )
    t.deepEqual(answers.slice(3, 9), [
      state('file', '4640'),
      answers[4]!,
      state('directory', '1700'),
      { type: 'link', target: 'no where\n$x', ...me },
      { type: 'absent' },
      { type: 'absent' },
    ])
    t.is(answers[9]?.type, 'other')
  })

  test(`contents and digests, ${shell}`, async t => {
    const base = await tempDirectory(t)
    for (const name of names) await writeFile(`${base}/${name}`, Buffer.concat([bytes, Buffer.from(name)]))
    await writeFile(`${base}/empty`, '')
    await writeFile(`${base}/large`, Buffer.alloc(CONTENT_LIMIT + 1))
    await symlink(`${base}/empty`, `${base}/l`)
    const at = [...names, 'none', 'empty', 'large', 'l', '.'].map(n => (n === '.' ? base : `${base}/${n}`))
    t.deepEqual(await askAll(at.map(content), shell), [
      ...names.map(n => ({ size: 6 + Buffer.byteLength(n), bytes: Buffer.concat([bytes, Buffer.from(n)]) })),
      { size: undefined, bytes: undefined },
      { size: 0, bytes: Buffer.alloc(0) },
      { size: CONTENT_LIMIT + 1, bytes: undefined },
      { size: 0, bytes: Buffer.alloc(0) },
      { size: undefined, bytes: undefined },
    ])
    const sha = (b: Buffer) => ({ sha256: createHash('sha256').update(b).digest('hex') })
    t.deepEqual(await askAll(at.map(digest), shell), [
      ...names.map(n => sha(Buffer.concat([bytes, Buffer.from(n)]))),
      { sha256: undefined },
      sha(Buffer.alloc(0)),
      sha(Buffer.alloc(CONTENT_LIMIT + 1)),
      { sha256: undefined },
      { sha256: undefined },
    ])
  })

  test(`directories, ${shell}`, async t => {
    const base = await tempDirectory(t)
    await mkdir(`${base}/a 'b'/c`, { recursive: true })
    await writeFile(`${base}/a 'b'/new\nline`, '')
    await symlink(base, `${base}/l`)
    const ask = (name: string, deep: boolean) => tree({ path: `${base}${name}`, deep })
    const answers = await askAll(
      [ask('', false), ask('', true), ask('/l', true), ask('/none', true), ask("/l/a 'b'", false)],
      shell,
    )
    t.like(answers[0], { exists: true, real: base, entries: 2, mounts: [] })
    t.like(answers[1], { exists: true, entries: 4 })
    t.deepEqual(answers.slice(2, 4), [{ exists: false }, { exists: false }])
    t.like(answers[4], { exists: true, real: `${base}/a 'b'`, entries: 2 })
    const [top] = await askAll([tree({ path: '/', deep: false })], shell)
    t.true(top?.exists && top.mounts.includes('/proc'))
  })

  test(`devices, ${shell}`, async t => {
    const answers = await askAll(['tmpfs', 'h:/x y', '/dev/none', '/dev/null', 'UUID=none'].map(device), shell)
    t.deepEqual(
      answers.map(a => a.source),
      ['tmpfs', 'h:/x y', undefined, undefined, undefined],
    )
  })

  const asUser = isRoot ? test.skip : test
  asUser(`what may not be read is an error, never absent, ${shell}`, async t => {
    const base = await tempDirectory(t)
    await mkdir(`${base}/closed/x`, { recursive: true })
    await writeFile(`${base}/secret`, 'x', { mode: 0 })
    await chmod(`${base}/closed`, 0)
    t.teardown(() => chmod(`${base}/closed`, 0o700))
    await t.throwsAsync(askAll([path(`${base}/closed/x`)], shell), { name: 'FactError' })
    await t.throwsAsync(askAll([content(`${base}/secret`)], shell), { name: 'FactError' })
    await t.throwsAsync(askAll([digest(`${base}/secret`)], shell), { name: 'FactError' })
    await t.throwsAsync(askAll([tree({ path: base, deep: true })], shell), { name: 'FactError' })
  })
}

test('an output that was cut off is an error', t => {
  const output = (text: string) => ({
    code: 0,
    stdout: Buffer.from(text),
    stderr: Buffer.alloc(0),
    droppedBytes: 0,
    durationMs: 0,
  })
  const parse = (text: string) => content('/a').kind.parse(output(text), ['/a', '/b'])
  t.deepEqual(
    parse('2\nab-\n').map(a => a.size),
    [2, undefined],
  )
  for (const text of ['', '2\nab', '2\na-\n', '2\nabc-\n', 'x\n-\n', '2\nab-\nrest'])
    t.throws(() => parse(text), { name: 'FactError' }, JSON.stringify(text))
})
