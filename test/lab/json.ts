import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Undefined when there is no such file, or when a kill cut it short: the lab then does that step again. */
export async function readJson<T>(path: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as T
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (error instanceof SyntaxError || code === 'ENOENT' || code === 'ENOTDIR') return undefined
    throw error
  }
}

export const writeJson = (path: string, value: unknown): Promise<void> =>
  writeWhole(path, `${JSON.stringify(value, undefined, 2)}\n`)

/** The file is the old one or the new one; an equal one is left alone. Mode 0600 unless told otherwise. */
export async function writeWhole(path: string, content: string, mode = 0o600): Promise<void> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === content) return
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.new`
  await writeFile(temporary, content, { mode })
  await rename(temporary, path)
}
