import { extname, join } from 'node:path'
import type { Draft } from './draft.ts'
import { isYamlName, kindOf, namesIn, readYaml, yamlFilesBelow } from './files.ts'
import { suggest } from './near.ts'
import { settingsOf } from './structure.ts'
import type { Setting } from './traced.ts'

/** One folder `group_vars` or `host_vars`: NAME.yml, NAME.yaml, NAME, or NAME/ with files in it. */
const addFolder = async (
  draft: Draft,
  cwd: string,
  folder: string,
  what: 'group' | 'host',
  own: boolean,
): Promise<void> => {
  const known: ReadonlyMap<string, { readonly settings: Setting[] }> = what === 'group' ? draft.groups : draft.hosts
  for (const entry of await namesIn(cwd, folder)) {
    const path = join(folder, entry)
    const isFolder = (await kindOf(cwd, path)) === 'folder'
    const name = !isFolder && isYamlName(entry) ? entry.slice(0, -extname(entry).length) : entry
    const builtIn = what === 'group' && (name === 'all' || name === 'ungrouped')
    const target = builtIn ? draft.group(name, { file: path, line: 1, column: 1 }) : known.get(name)
    if (!isFolder && !isYamlName(entry) && extname(entry) && !target) continue
    if (!target) {
      // A folder that several inventories share has vars of groups that this one lacks.
      if (own)
        draft.problems.push({
          message: `${path}: the inventory has no ${what} ${name}`,
          ...suggest(name, known.keys()),
        })
      continue
    }
    for (const file of isFolder ? await yamlFilesBelow(cwd, path) : [path]) {
      const root = await readYaml(cwd, file, draft.problems)
      if (root) target.settings.push(...settingsOf(draft, root, `a file of vars`))
    }
  }
}

export const addVarsFolders = async (draft: Draft, cwd: string, folder: string, own: boolean): Promise<void> => {
  await addFolder(draft, cwd, join(folder, 'group_vars'), 'group', own)
  await addFolder(draft, cwd, join(folder, 'host_vars'), 'host', own)
}
