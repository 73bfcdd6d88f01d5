import { randomUUID } from 'node:crypto'
import { rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** The old file or the new one, never a part of it. */
export const replaceFile = async (file: string, text: string): Promise<void> => {
  const beside = join(dirname(file), `.${basename(file)}.${randomUUID()}`)
  try {
    await writeFile(beside, text, { flag: 'wx' })
    await rename(beside, file)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
}
