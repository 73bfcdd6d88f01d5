import { realpath, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Problem } from '../../errors.ts'

const OTHERS_WRITE = 0o002
const STICKY = 0o1000

const foldersAbove = (path: string): readonly string[] => {
  const folder = dirname(path)
  return folder === path ? [] : [folder, ...foldersAbove(folder)]
}

/**
 * What is run with the user's rights must not be what anybody else on this machine can write, or put another file in the place
 * of. A folder such as /tmp, in which nobody can replace the files of others (sticky), is fine. Undefined: it may be run.
 */
export const untrusted = async (cwd: string, file: string): Promise<Problem | undefined> => {
  const path = resolve(cwd, file)
  const real = await realpath(path).catch(() => path)
  for (const one of new Set([real, ...foldersAbove(real), ...foldersAbove(path)])) {
    const found = await stat(one).catch(() => undefined)
    if (!found || !(found.mode & OTHERS_WRITE) || (found.isDirectory() && found.mode & STICKY)) continue
    const which = one === real ? '' : `, because of the folder ${one}`
    return {
      message: `${file}: anybody on this machine can change it${which}; it is not run`,
      hint: `chmod o-w ${one}`,
    }
  }
  return undefined
}
