import { UsageError } from '../errors.ts'
import { Draft } from './draft.ts'
import { readYaml } from './files.ts'
import type { Inventory } from './inventory.ts'
import { locate } from './locate.ts'
import { addInventoryFile } from './structure.ts'
import { addVarsFolders } from './vars-folders.ts'

export interface LoadOptions {
  /** The project root; what messages say is relative to it. Left out: the working directory of this process. */
  readonly cwd?: string
}

/** Reads the inventories that `-i` names into one. Throws UsageError with everything that is wrong in all their files. */
export const loadInventory = async (names: readonly string[], options: LoadOptions = {}): Promise<Inventory> => {
  const cwd = options.cwd ?? process.cwd()
  const draft = new Draft()
  const locations = await Promise.all(names.map(name => locate(cwd, name)))
  for (const file of new Set(locations.flatMap(({ files }) => files))) {
    draft.files.push(file)
    const before = draft.problems.length
    const root = await readYaml(cwd, file, draft.problems)
    if (root) addInventoryFile(draft, root)
    else if (draft.problems.length === before)
      draft.problems.push({
        message: `${file}: the inventory is empty`,
        hint: 'Start it with all: and hosts: below it.',
      })
  }
  // Vars of a group that could not be read would look like those of an unknown group.
  if (!draft.problems.length) {
    const folders = new Map(locations.map(({ folder, own }) => [folder, own && locations.length === 1]))
    for (const [folder, own] of folders) await addVarsFolders(draft, cwd, folder, own)
  }
  const inventory = draft.finish()
  if (!draft.problems.length && !inventory.hosts.size)
    draft.problems.push({ message: `${draft.files.join(', ')}: the inventory names no host` })
  if (draft.problems.length) throw new UsageError(draft.problems)
  return inventory
}
