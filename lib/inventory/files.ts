import { readdir, readFile, stat } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import type { Problem } from '../errors.ts'
import type { Traced } from './traced.ts'
import { parseYaml } from './yaml.ts'

export const isYamlName = (name: string): boolean => ['.yml', '.yaml'].includes(extname(name)) && !name.startsWith('.')

/** `folder`, `file`, or undefined when there is nothing. */
export const kindOf = async (cwd: string, path: string): Promise<'file' | 'folder' | undefined> => {
  const found = await stat(resolve(cwd, path)).catch(() => undefined)
  return found?.isDirectory() ? 'folder' : found ? 'file' : undefined
}

/** Names in a folder, sorted so that a run does not depend on the file system; none when there is no such folder. */
export const namesIn = async (cwd: string, folder: string): Promise<readonly string[]> =>
  (await readdir(resolve(cwd, folder)).catch(() => [])).filter(name => !name.startsWith('.')).sort()

/** Reads a file whose path stays in messages as it is given, relative to `cwd`. */
export const readYaml = async (cwd: string, file: string, problems: Problem[]): Promise<Traced | undefined> => {
  const text = await readFile(resolve(cwd, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
    problems.push({ message: `${file}: cannot be read: ${error.code ?? error.message}` })
    return undefined
  })
  return text === undefined ? undefined : parseYaml(file, text, problems)
}

/** The YAML files at a name: `NAME.yml`, `NAME.yaml`, and those in the folder `NAME/`, at any depth. */
export const yamlFilesBelow = async (cwd: string, folder: string): Promise<readonly string[]> => {
  const files: string[] = []
  for (const name of await namesIn(cwd, folder)) {
    const path = join(folder, name)
    const kind = await kindOf(cwd, path)
    if (kind === 'folder') files.push(...(await yamlFilesBelow(cwd, path)))
    else if (isYamlName(name)) files.push(path)
  }
  return files
}
