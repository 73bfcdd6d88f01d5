import { UsageError } from '../errors.ts'
import type { Keys } from '../secret/sources/keys.ts'
import { addFile } from './add-file.ts'
import { Draft } from './draft.ts'
import type { Inventory } from './inventory.ts'
import { locate } from './locate.ts'
import { placeWithin, settled } from './place.ts'
import { refuseLatePriorities, takePriorities } from './priority.ts'
import { hostsOfEntry, portSetting } from './structure.ts'
import { addVarsFolders } from './vars-folders.ts'

export interface LoadOptions {
  /** The project root; what messages say is relative to it. Left out: the working directory of this process. */
  readonly cwd?: string
  /** How long a program, or a TypeScript module, may take for each answer. Left out: 2 minutes. */
  readonly timeoutMs?: number
  /** Open what is encrypted. Left out: those of this process's environment, and nobody is asked. */
  readonly keys?: Keys
}

const addNames = (draft: Draft, names: readonly string[]): void => {
  const at = placeWithin(`-i ${names.join(',')},`, [])
  draft.files.push(at.file)
  for (const entry of names) {
    const found = hostsOfEntry(draft, entry, at)
    for (const name of found.names) draft.host(name, at).settings.push(...portSetting(found.port, at))
  }
}

/** Reads the inventories that `-i` names into one. Throws UsageError with everything that is wrong in all their files. */
export const loadInventory = async (names: readonly string[], options: LoadOptions = {}): Promise<Inventory> => {
  const cwd = options.cwd ?? process.cwd()
  const where = { cwd, timeoutMs: options.timeoutMs ?? 120_000, ...(options.keys && { keys: options.keys }) }
  const draft = new Draft()
  const locations = await Promise.all(names.map(name => locate(cwd, name)))
  const seen = new Set<string>()
  for (const { hosts, files } of locations) {
    if (hosts) addNames(draft, hosts)
    for (const file of files) {
      if (!seen.has(file)) await addFile(draft, file, where)
      seen.add(file)
    }
  }
  takePriorities(draft)
  // Vars of a group that could not be read would look like those of an unknown group.
  if (!draft.problems.length) {
    const folders = new Map<string, boolean>()
    for (const { folder, own } of locations)
      if (folder !== undefined) folders.set(folder, own && locations.length === 1)
    for (const [folder, own] of folders) {
      draft.beginVarsFolder()
      await addVarsFolders(draft, cwd, folder, own, options.keys)
    }
    refuseLatePriorities(draft)
  }
  const inventory = draft.finish()
  if (!draft.problems.length && !inventory.hosts.size)
    draft.problems.push({ message: `${draft.files.join(', ')}: the inventory names no host` })
  if (draft.problems.length) throw new UsageError(draft.problems.map(settled))
  return inventory
}
