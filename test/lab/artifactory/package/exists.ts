import { lstat } from 'node:fs/promises'

/** Whether something is at the path, a dangling link included. Errors other than "nothing there" are thrown. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false
    throw error
  }
}
