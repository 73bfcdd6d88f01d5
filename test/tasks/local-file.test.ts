import { utimes, writeFile } from 'node:fs/promises'
import test from 'ava'
import { sha256 } from '../../lib/changes/write-file.ts'
import { UsageError } from '../../lib/errors.ts'
import { file } from '../../lib/tasks/file.ts'
import { localFile } from '../../lib/tasks/local-file.ts'
import { tempDirectory } from '../helpers/temp-directory.ts'

test('a source that is not there is a mistake in the playbook, with its line', async t => {
  const directory = await tempDirectory(t)
  for (const source of ['/no/such/file', directory]) {
    const error = t.throws(() => file({ path: '/x', source }), { instanceOf: UsageError })
    t.regex(error.message, /local-file\.test\.ts:\d+:\d+: file: source: /)
  }
})

test('read once as long as it is the same file, and again when it was written to', async t => {
  const at = `${await tempDirectory(t)}/f`
  await writeFile(at, 'a\n')
  const time = new Date('2026-01-01')
  await utimes(at, time, time)
  t.deepEqual(await localFile(at), { bytes: 2, sha256: sha256('a\n') })
  // Not what is in it any more, but of the same length and time: so it was not read again.
  await writeFile(at, 'b\n')
  await utimes(at, time, time)
  t.is((await localFile(at)).sha256, sha256('a\n'))
  await utimes(at, time, new Date('2026-01-02'))
  t.is((await localFile(at)).sha256, sha256('b\n'))
  await writeFile(at, 'ccc\n')
  t.deepEqual(await localFile(at), { bytes: 4, sha256: sha256('ccc\n') })
  await t.throwsAsync(localFile('/no/such/file'), { name: 'Refusal' })
})
