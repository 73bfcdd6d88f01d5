import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'

/** Who runs the tests: files that a task makes here can be given to nobody else without being root. */
export const me = {
  owner: execFileSync('id', ['-un']).toString().trim(),
  group: execFileSync('id', ['-gn']).toString().trim(),
}

/** A directory of the test's own, removed when it ends. */
export const scratch = (t: ExecutionContext): string => {
  const directory = mkdtempSync(join(tmpdir(), 'baton-test-'))
  t.teardown(() => rmSync(directory, { recursive: true, force: true }))
  return directory
}
