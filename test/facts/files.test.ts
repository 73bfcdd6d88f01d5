import { createHash } from 'node:crypto'
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises'
import test from 'ava'
import { type Script, sh } from '../../lib/command.ts'
import { CONTENT_LIMIT, content } from '../../lib/facts/content.ts'
import { device } from '../../lib/facts/device.ts'
import { digest } from '../../lib/facts/digest.ts'
import { path } from '../../lib/facts/path.ts'
import { tree } from '../../lib/facts/tree.ts'
import { askAll } from '../helpers/ask.ts'
import { shells } from '../helpers/check-task.ts'
import { localRun } from '../helpers/local-run.ts'
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
    const owned = { ...me, uid: process.getuid?.(), gid: process.getgid?.() }
    const state = (type: 'file' | 'directory', mode: string) => ({ type, mode, ...owned })
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
      { type: 'link', target: 'no where\n$x', ...owned },
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
      { size: 0, bytes: Buffer.alloc(0), link: true },
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
  const mark = '01234567-89ab-cdef-0123-456789abcdef'
  const parse = (text: string) => content('/a').kind.parse(output(text.replaceAll('!', `${mark}\n`)), ['/a', '/b'])
  t.deepEqual(
    parse('!file 2\nab!-\n').map(a => a.size),
    [2, undefined],
  )
  for (const text of [
    '',
    'file 2\nab!-\n',
    '!file 2\nab!',
    '!file 2\na!-\n',
    '!file 2\nabc!-\n',
    '!x\n-\n',
    '!file 2\nab!-\nrest',
    // A file that grows, and what it would have its neighbour say.
    '!file 2\nabfile 5\nevil\n!-\n',
  ])
    t.throws(() => parse(text), { name: 'FactError' }, JSON.stringify(text))
})

for (const shell of shells) {
  // What is read is longer, or shorter, than what was counted: as if it were written to in between.
  const withSize = (size: string) => sh`wc() { cat >/dev/null; echo ${size as Script}; }`
  const read = async (size: string, paths: readonly string[]) => {
    const { kind } = content('')
    const ask = kind.ask(paths)
    const output = await localRun(
      {
        ...ask,
        script: sh`${withSize(size)}
      ${ask.script}`,
      },
      shell,
    )
    return kind.parse(output, paths)
  }

  test(`a file that changes while it is read speaks for no other, ${shell}`, async t => {
    const base = await tempDirectory(t)
    await writeFile(`${base}/grown`, '12\nfile 5\nevil\n')
    await writeFile(`${base}/b`, 'b\n')
    t.deepEqual(
      (await read('2', [`${base}/grown`, `${base}/b`])).map(c => c.bytes?.toString()),
      ['12', 'b\n'],
    )
    await t.throwsAsync(read('4', [`${base}/b`, `${base}/b`]), { message: /changed while it was read/ })
  })
}
