import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { cutPower } from './machine/container.ts'
import { busy, tryLock } from './machine/lock.ts'
import { removeTree } from './machine/mounts.ts'
import { namespaces, removeNamespace } from './machine/network.ts'
import { processesInside } from './machine/processes.ts'
import { attempt } from './machine/run.ts'
import { type HostNames, hostNames, namesOfId } from './names.ts'

/** Removes a lab of another checkout, unless somebody works on it at this moment. */
export async function remove(id: string): Promise<'removed' | 'busy'> {
  const outcome = await tryLock(`lab-${id}`, () => removeLocked(id))
  return outcome === busy ? 'busy' : 'removed'
}

/** Removes everything of a lab but its claim: processes, mounts, interfaces, namespaces, state. Call with the lab locked. */
export async function removeLocked(id: string): Promise<void> {
  const names = namesOfId(id)
  for (const host of await hostsOf(id)) await removeHost(hostNames({ id, state: names.state }, host))
  await removeNamespace(names.switch)
  // Deleting the bridge's namespace deletes the veth pair, but the kernel does it some time later.
  await attempt(['ip', 'link', 'delete', 'dev', names.uplink])
  await removeTree(names.state)
}

/** Removes one host and all of its files. Its number stays its own. */
export async function removeHost(host: HostNames): Promise<void> {
  await cutPower(host)
  await removeNamespace(host.netns)
  await removeTree(host.directory)
}

/** A killed run may have left a namespace without a directory, or the other way round. */
async function hostsOf(id: string): Promise<string[]> {
  const prefix = `bl${id}-`
  const networked = (await namespaces()).filter(name => name.startsWith(prefix)).map(name => name.slice(prefix.length))
  const stored = await readdir(`${namesOfId(id).state}/hosts`).catch(() => [])
  return [...new Set([...networked, ...stored])]
}

export const isVanished = ({ checkout }: { checkout: string }): boolean => !existsSync(checkout)

/** No host of the lab runs: after a reboot of the machine, or after power cuts. */
export async function isDead({ id }: { id: string }): Promise<boolean> {
  const hosts = await hostsOf(id)
  return hosts.every(host => processesInside(`bl${id}-${host}`).length === 0)
}
