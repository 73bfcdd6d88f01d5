import { randomUUID } from 'node:crypto'
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { BatonError } from '../errors.ts'

/**
 * The old file or the new one, never a part of it. What a link leads to is replaced, and not the link. Throws BatonError for
 * what is no file: root could put one in the place of a device.
 */
export const replaceFile = async (path: string, text: string): Promise<void> => {
  const file = await realpath(path).catch(() => path)
  const there = await stat(file).catch(() => undefined)
  if (there && !there.isFile()) throw new BatonError(`${path} cannot be replaced: it is no file`)
  const beside = join(dirname(file), `.${basename(file)}.${randomUUID()}`)
  try {
    await writeFile(beside, text, { flag: 'wx' })
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}
