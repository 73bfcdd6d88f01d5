import { createHash } from 'node:crypto'
import { accessSync, constants, createReadStream, statSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { Refusal } from '../errors.ts'

/** A file of this machine, as it was when it was looked at. */
export interface LocalFile {
  readonly bytes: number
  readonly sha256: string
}

/** Why a file cannot be sent, for a playbook's author; undefined: it can. */
export const whyNoLocalFile = (path: string): string | undefined => {
  try {
    accessSync(path, constants.R_OK)
    return statSync(path).isFile() ? undefined : `${path} is no file`
  } catch (error) {
    return `${path} cannot be read on this machine: ${(error as NodeJS.ErrnoException).code}`
  }
}

/** Digests by what a file is at: it is read once, however many hosts and plans ask, unless it is written to meanwhile. */
const digests = new Map<string, Promise<string>>()

const digestOf = async (path: string): Promise<string> => {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** Throws Refusal when it cannot be read (any more). */
export const localFile = async (path: string): Promise<LocalFile> => {
  try {
    const { size, mtimeNs, ino } = await stat(path, { bigint: true })
    const key = JSON.stringify([path, `${mtimeNs}`, `${size}`, `${ino}`])
    const digest = digests.get(key) ?? digestOf(path)
    digests.set(key, digest)
    digest.catch(() => digests.delete(key))
    return { bytes: Number(size), sha256: await digest }
  } catch (error) {
    throw new Refusal(`${path} cannot be read on this machine`, { cause: error })
  }
}
