import { join } from 'node:path'
import { UsageError } from '../errors.ts'
import type { Keys } from '../secret/sources/keys.ts'
import type { Draft } from './draft.ts'
import { kindOf, namesIn, readYaml, varsNameOf, yamlFilesBelow } from './files.ts'
import { near, suggest } from './near.ts'
import { settingsOf } from './structure.ts'
import type { Setting } from './traced.ts'

/** One folder `group_vars` or `host_vars`: NAME.yml, NAME.yml.age, NAME.sops.yml and the like, NAME, or NAME/ with files in it. */
const addFolder = async (
  draft: Draft,
  cwd: string,
  folder: string,
  what: 'group' | 'host',
  own: boolean,
  keys: Keys | undefined,
): Promise<void> => {
  const known: ReadonlyMap<string, { readonly settings: Setting[] }> = what === 'group' ? draft.groups : draft.hosts
  const entries = await namesIn(cwd, folder)
  const nameOf = (entry: string) => (known.has(entry) ? entry : (varsNameOf(entry) ?? entry))
  const withoutVars = [...known.keys()].filter(name => !entries.some(entry => nameOf(entry) === name))
  for (const entry of entries) {
    const path = join(folder, entry)
    const name = nameOf(entry)
    const builtIn = what === 'group' && (name === 'all' || name === 'ungrouped')
    const target = builtIn ? draft.group(name, { file: path, line: 1, column: 1 }) : known.get(name)
    if (!target) {
      // As in Ansible, vars of what the inventory lacks are left alone; but not where they look like a misspelling.
      if (own && near(name, withoutVars).length)
        draft.problems.push({ message: `${path}: the inventory has no ${what} ${name}`, ...suggest(name, withoutVars) })
      continue
    }
    const isFolder = (await kindOf(cwd, path)) === 'folder'
    for (const file of isFolder ? await yamlFilesBelow(cwd, path) : [path]) {
      const root = await readYaml(cwd, file, draft.problems, keys)
      if (root) target.settings.push(...settingsOf(draft, root, `a file of vars`))
    }
  }
}

/** `keys` open what is encrypted. Left out: those of this process's environment, and nobody is asked. */
export const addVarsFolders = async (
  draft: Draft,
  cwd: string,
  folder: string,
  own: boolean,
  keys?: Keys,
): Promise<void> => {
  for (const what of ['group', 'host'] as const)
    try {
      await addFolder(draft, cwd, join(folder, `${what}_vars`), what, own, keys)
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      draft.problems.push(...error.problems)
    }
}
