import { relative, resolve } from 'node:path'
import { locate } from '../inventory/locate.ts'
import type { Work } from '../journal/find.ts'
import type { Options } from './options.ts'

/** An inventory that is not there is a mistake, which is said where it is read. */
const pathsOf = async (cwd: string, given: string): Promise<string> => {
  const { files, hosts } = await locate(cwd, given).catch(() => ({ files: [], hosts: undefined }))
  return hosts || files.length === 0 ? given : files.map(file => relative(cwd, resolve(cwd, file))).join(':')
}

/** By which later runs of the same work find this one. */
export const workOf = async (
  { playbook, inventory }: Pick<Options, 'playbook' | 'inventory'>,
  cwd: string,
): Promise<Work> => ({
  file: relative(cwd, resolve(cwd, playbook)),
  inventories: inventory,
  paths: await Promise.all(inventory.map(given => pathsOf(cwd, given))),
})
