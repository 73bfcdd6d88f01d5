import { dirname, join, relative, resolve } from 'node:path'
import { UsageError } from '../errors.ts'
import { kindOf, namesIn } from './files.ts'
import { endings, isIgnored, withoutEnding } from './kinds.ts'
import { suggest } from './near.ts'

/** Where the files of one `-i` are. */
export interface Location {
  /** Those that name hosts. */
  readonly files: readonly string[]
  /** Hosts that `-i` itself names: `web1,web2,`. */
  readonly hosts?: readonly string[]
  /** Has group_vars/ and host_vars/. */
  readonly folder?: string
  /** The folder holds this inventory only, so that a file of vars that nearly fits a name is a mistake. */
  readonly own: boolean
}

/** As in Ansible: every file of the folder, at any depth, in the order of their names. */
const filesBelow = async (cwd: string, folder: string): Promise<readonly string[]> => {
  const files: string[] = []
  for (const name of await namesIn(cwd, folder)) {
    if (isIgnored(name)) continue
    const path = join(folder, name)
    const kind = await kindOf(cwd, path)
    if (kind === 'folder') files.push(...(await filesBelow(cwd, path)))
    else if (kind === 'file') files.push(path)
  }
  return files
}

const at = async (cwd: string, path: string): Promise<Location> => {
  if ((await kindOf(cwd, path)) !== 'folder') return { files: [path], folder: dirname(path), own: false }
  const files = await filesBelow(cwd, path)
  if (files.length) return { files, folder: path, own: true }
  throw new UsageError([
    { message: `${path} has no inventory; expected a YAML or INI file, a TypeScript module or a program` },
  ])
}

const notThere = async (cwd: string, given: string): Promise<UsageError> => {
  const known = (await namesIn(cwd, 'inventories')).filter(name => !isIgnored(name)).map(withoutEnding)
  return new UsageError([
    {
      message: /[/\\]/.test(given)
        ? `-i ${given}: there is no such file or folder`
        : `-i ${given}: there is no inventories/${given}, neither a folder nor a .yml, .yaml, .ini or .ts file`,
      ...suggest(given, known),
    },
  ])
}

/**
 * `prod` is inventories/prod.yml (.yaml, .ini, .ts) or the folder or program inventories/prod; or it is a path; or, with a
 * comma in it, it is names of hosts.
 */
export const locate = async (cwd: string, given: string): Promise<Location> => {
  if (given.includes(',') && !(await kindOf(cwd, given))) {
    const hosts = given.split(',').map(name => name.trim())
    return { files: [], hosts: hosts.filter(Boolean), own: false }
  }
  const path = relative(cwd, resolve(cwd, given)) || '.'
  const shown = path.startsWith('..') ? given : path
  if (!/[/\\]/.test(given)) {
    const places = endings.map(end => join('inventories', `${given}${end}`))
    const kinds = await Promise.all(places.map(place => kindOf(cwd, place)))
    const there = places.filter((_, i) => kinds[i])
    if (there.length > 1)
      throw new UsageError([
        { message: `-i ${given} could be ${there.join(' or ')}`, hint: `Give the path: -i ${there[0]}` },
      ])
    if (there[0]) return at(cwd, there[0])
  }
  if (await kindOf(cwd, given)) return at(cwd, shown)
  throw await notThere(cwd, given)
}
