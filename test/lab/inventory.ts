import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { stringify } from 'yaml'
import { writeWhole } from './json.ts'
import type { LabNames } from './names.ts'

const directoryOf = (lab: LabNames): string => join(lab.checkout, 'inventories', 'lab', 'host_vars')

/** Writes how each host is reached, as Baton's inventory wants it. Paths are relative to the checkout's root. */
export async function writeHostVars(lab: LabNames, addresses: ReadonlyMap<string, string>): Promise<void> {
  await mkdir(directoryOf(lab), { recursive: true })
  for (const [name, address] of addresses) {
    const head = '# Written by `npm run lab -- up`, removed by `down`.\n'
    await writeWhole(join(directoryOf(lab), `${name}.yml`), head + stringify(hostVars(address)), 0o644)
  }
}

/** The vars with which Baton reaches a lab host. Tests put them into inventories of their own. */
export const hostVars = (address: string, user = 'admin'): Record<string, string> => ({
  ansible_host: address,
  ansible_user: user,
  ansible_ssh_private_key_file: '.lab/id_ed25519',
  ssh_known_hosts_file: '.lab/known_hosts',
})

/** Removes the files of hosts that are no longer, all or some, so that no inventory names a host of nobody. */
export async function removeHostVars(lab: LabNames, hosts?: readonly string[]): Promise<void> {
  const files = await readdir(directoryOf(lab)).catch(() => [])
  const unwanted = files.filter(file => file.endsWith('.yml') && (hosts?.includes(file.slice(0, -4)) ?? true))
  for (const file of unwanted) await rm(join(directoryOf(lab), file))
}
