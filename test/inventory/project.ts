import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { ExecutionContext } from 'ava'
import { showLocation, UsageError } from '../../lib/errors.ts'

/** A folder with these files, removed after the test. Its path. */
export const project = async (t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> => {
  const cwd = await mkdtemp(join(tmpdir(), 'baton-project-'))
  t.teardown(() => rm(cwd, { recursive: true, force: true }))
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(cwd, name)), { recursive: true })
    await writeFile(join(cwd, name), text)
  }
  return cwd
}

/** What a UsageError says, a line a problem: `FILE:LINE:COLUMN: MESSAGE | HINT`. */
export const said = async (t: ExecutionContext, attempt: () => unknown): Promise<readonly string[]> => {
  const error = await t.throwsAsync<UsageError>(async () => attempt(), { instanceOf: UsageError })
  return (error?.problems ?? []).map(
    ({ at, message, hint }) =>
      `${at ? `${showLocation(at)}: ` : ''}${message}${hint === undefined ? '' : ` | ${hint}`}`,
  )
}
