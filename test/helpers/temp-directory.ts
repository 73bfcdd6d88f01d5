import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'

/** An empty directory that goes away with the test. */
export const tempDirectory = async (t: ExecutionContext): Promise<string> => {
  const directory = await realpath(await mkdtemp(join(tmpdir(), 'baton-test-')))
  t.teardown(() => rm(directory, { recursive: true, force: true }))
  return directory
}
