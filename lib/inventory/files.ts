import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { type Problem, UsageError } from '../errors.ts'
import { isAge } from '../secret/sources/is-age.ts'
import { Keys } from '../secret/sources/keys.ts'
import { isVault } from '../secret/sources/vault.ts'
import { sealed } from './sealed.ts'
import { isSops, openSops } from './sops-tree.ts'
import { lockedProblem, secretTags, withSources } from './tagged.ts'
import type { Traced } from './traced.ts'
import { parseYaml } from './yaml.ts'

export const isYamlName = (name: string): boolean => ['.yml', '.yaml'].includes(extname(name)) && !name.startsWith('.')

/** A name that is too long is no file's name: `-i` may be a long list of hosts. */
const NOT_THERE: readonly unknown[] = ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG']

/** What cannot be looked at is not nothing: only what is known not to be there is. */
const unlessThere = <T>(path: string, nothing: T): ((error: NodeJS.ErrnoException) => T) => {
  return error => {
    if (NOT_THERE.includes(error.code)) return nothing
    throw new UsageError([{ message: `${path}: cannot be read: ${error.code ?? error.message}` }])
  }
}

/** `folder`, `file`, or undefined when there is nothing. Throws UsageError where that cannot be seen. */
export const kindOf = async (cwd: string, path: string): Promise<'file' | 'folder' | undefined> => {
  const found = await stat(resolve(cwd, path)).catch(unlessThere(path, undefined))
  return found?.isDirectory() ? 'folder' : found ? 'file' : undefined
}

/**
 * Names in a folder, sorted so that a run does not depend on the file system; none when there is no such folder. Throws
 * UsageError for one that cannot be read.
 */
export const namesIn = async (cwd: string, folder: string): Promise<readonly string[]> =>
  (await readdir(resolve(cwd, folder)).catch(unlessThere<string[]>(folder, [])))
    .filter(name => !name.startsWith('.'))
    .sort()

/** What an encrypted file says; undefined: the file is not encrypted as a whole. */
const opened = async (bytes: Buffer, file: string, keys: Keys): Promise<Buffer | undefined> => {
  if (isAge(bytes) || extname(file) === '.age') return keys.openAge(bytes, file)
  const text = bytes.toString()
  return isVault(text) ? keys.openVault(text) : undefined
}

/**
 * Reads a file of YAML or JSON whose path stays in messages as it is given, relative to `cwd`: in plain, or encrypted by age,
 * ansible-vault or SOPS. What was encrypted is Secrets, as is what `!env`, `!prompt`, `!vault` and `!secret` stand for.
 * Lines and columns of a file that was encrypted as a whole are those of its text, and messages say so.
 */
export const readYaml = async (
  cwd: string,
  file: string,
  problems: Problem[],
  keys: Keys = new Keys({ cwd }),
): Promise<Traced | undefined> => {
  const bytes = await readFile(resolve(cwd, file)).catch((error: NodeJS.ErrnoException) => {
    problems.push({ message: `${file}: cannot be read: ${error.code ?? error.message}` })
    return undefined
  })
  if (!bytes) return undefined
  let inside: Buffer | undefined
  try {
    inside = await opened(bytes, file, keys)
  } catch (error) {
    problems.push(lockedProblem(error, { file, line: 1, column: 1 }))
    return undefined
  }
  const name = inside ? `${file} (decrypted)` : file
  const root = parseYaml(name, (inside ?? bytes).toString(), problems, {
    tags: secretTags,
    hidden: inside !== undefined,
  })
  const readable = isSops(root) ? await openSops(root, keys, problems) : root
  const whole = readable && (await withSources(readable, keys, problems))
  return whole && inside ? sealed(whole) : whole
}

/** The name that a file of vars is for: `db` of db.yml, db.yaml, db.json, db.sops.yml, db.yml.age; undefined: of none. */
export const varsNameOf = (entry: string): string | undefined => {
  const [, name] = /^([^.].*?)(?:\.sops)?\.(?:ya?ml|json)(?:\.age)?$/.exec(entry) ?? []
  return name
}

/** The files of vars in the folder `NAME/`, at any depth. */
export const yamlFilesBelow = async (cwd: string, folder: string): Promise<readonly string[]> => {
  const files: string[] = []
  for (const name of await namesIn(cwd, folder)) {
    const path = join(folder, name)
    const kind = await kindOf(cwd, path)
    if (kind === 'folder') files.push(...(await yamlFilesBelow(cwd, path)))
    else if (varsNameOf(name) !== undefined) files.push(path)
  }
  return files
}
