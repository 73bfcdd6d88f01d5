import { basename, dirname, extname, join, relative, resolve } from 'node:path'
import { UsageError } from '../errors.ts'
import { isYamlName, kindOf, namesIn } from './files.ts'
import { suggest } from './near.ts'

/** Where the files of one `-i` are. */
export interface Location {
  /** Those that name hosts. */
  readonly files: readonly string[]
  /** Has group_vars/ and host_vars/. */
  readonly folder: string
  /** The folder holds this inventory only, so that a file of vars that nearly fits a name is a mistake. */
  readonly own: boolean
}

const INI = 'Only YAML is read. Convert it: ansible-inventory -i FILE --list --yaml'

const inFolder = async (cwd: string, folder: string): Promise<Location> => {
  const names = await namesIn(cwd, folder)
  const main = names.filter(name => name === 'hosts.yml' || name === 'hosts.yaml')
  if (main.length > 1) throw new UsageError([{ message: `${folder} has both hosts.yml and hosts.yaml; expected one` }])
  const chosen = main.length ? main : names.filter(isYamlName)
  if (!chosen.length)
    throw new UsageError([
      {
        message: `${folder} has no inventory; expected hosts.yml, or other *.yml files`,
        ...(names.some(name => name === 'hosts' || name.endsWith('.ini')) && { hint: INI }),
      },
    ])
  return { files: chosen.map(name => join(folder, name)), folder, own: true }
}

const at = async (cwd: string, path: string): Promise<Location> => {
  if ((await kindOf(cwd, path)) === 'folder') return inFolder(cwd, path)
  if (!isYamlName(basename(path))) throw new UsageError([{ message: `${path} is not a .yml or .yaml file`, hint: INI }])
  return { files: [path], folder: dirname(path), own: false }
}

/** `prod` is inventories/prod.yml, inventories/prod.yaml or the folder inventories/prod; or it is a path. */
export const locate = async (cwd: string, given: string): Promise<Location> => {
  const path = relative(cwd, resolve(cwd, given)) || '.'
  const shown = path.startsWith('..') ? given : path
  if (!/[/\\]/.test(given) && !isYamlName(given)) {
    const places = ['.yml', '.yaml', ''].map(end => join('inventories', `${given}${end}`))
    const kinds = await Promise.all(places.map(place => kindOf(cwd, place)))
    const there = places.filter((_, i) => kinds[i])
    if (there.length > 1)
      throw new UsageError([
        { message: `-i ${given} could be ${there.join(' or ')}`, hint: `Give the path: -i ${there[0]}` },
      ])
    if (there[0]) return at(cwd, there[0])
  }
  if (await kindOf(cwd, given)) return at(cwd, shown)
  const known = (await namesIn(cwd, 'inventories'))
    .filter(name => !name.includes('.') || isYamlName(name))
    .filter(name => name !== 'group_vars' && name !== 'host_vars')
    .map(name => (isYamlName(name) ? name.slice(0, -extname(name).length) : name))
  throw new UsageError([
    {
      message: /[/\\]/.test(given)
        ? `-i ${given}: there is no such file or folder`
        : `-i ${given}: there is no inventories/${given}.yml, inventories/${given}.yaml or inventories/${given}/`,
      ...suggest(given, known),
    },
  ])
}
