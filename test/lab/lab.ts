/**
 * The lab: real hosts on one machine, for tests and for trying playbooks. README.md, beside this file, tells how it is made.
 *
 * Everything it makes on the machine can be found by the lab's id, which follows from the checkout's path. What exists is
 * read from the machine, never from a memory of what was done, so a run killed at any moment leaves nothing that the next
 * `up` or `down` could not see.
 */

import { rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { copyAccess, ensureAccess } from './access.ts'
import { ensureClaim, releaseClaims } from './claim.ts'
import { ensureHost, freshHost, type HostOptions, hostIndexes } from './ensure-host.ts'
import { LabError } from './error.ts'
import type { LabHost } from './host.ts'
import { knownHosts } from './identity.ts'
import { ensureImage } from './image/image.ts'
import { removeHostVars, writeHostVars } from './inventory.ts'
import { readJson, writeJson, writeWhole } from './json.ts'
import { withLock } from './machine/lock.ts'
import { ensureSwitch, gateway, networkOf } from './machine/network.ts'
import { type LabNames, labNames, ownCheckout } from './names.ts'
import { labPossible } from './possible.ts'
import { ensurePrograms } from './programs.ts'
import { ensureProvisioned } from './provision.ts'
import { removeHost, removeLocked } from './remove.ts'

export { LabError } from './error.ts'
export { LabHost } from './host.ts'
export { hostVars } from './inventory.ts'
export { labPossible } from './possible.ts'

/** The two hosts of the standby playbook. */
export const defaultHosts = ['node1', 'node2'] as const

export interface LabOptions {
  /**
   * The checkout that the lab belongs to, by default this one or BATON_LAB_CHECKOUT. Another path is another lab: a test
   * may have one of its own in a temporary directory.
   */
  readonly checkout?: string
  /** Told what takes time. Default: nobody. */
  readonly progress?: (line: string) => void
}

export interface LabState {
  readonly id: string
  readonly checkout: string
  readonly network: string
  /** This machine's address in the lab. */
  readonly gateway: string
  /** Address by host name. */
  readonly hosts: Readonly<Record<string, string>>
}

export class Lab {
  readonly names: LabNames
  readonly #progress: (line: string) => void

  constructor({ checkout = process.env.BATON_LAB_CHECKOUT ?? ownCheckout, progress = () => {} }: LabOptions = {}) {
    this.names = labNames(checkout)
    this.#progress = progress
  }

  /**
   * Makes, boots and repairs hosts until all of them let people log in; what is up already is left as it is. `node1` and
   * `node2` also get what the standby playbook's hosts have before it comes (provision.ts), once. Throws `LabError`.
   */
  up(hosts: readonly string[] = defaultHosts): Promise<LabHost[]> {
    return this.#locked(async () => {
      const options = await this.#prepare(hosts)
      const made = await settled(hosts.map(name => ensureHost(name, options)))
      await this.#publish(options)
      await settled(made.map(host => ensureProvisioned(host, options.access, this.#progress)))
      return made
    })
  }

  /**
   * Gives a host a fresh disk on the newest image and boots it; its keys and address stay. With `provision` false not even
   * `node1` gets more than the image has.
   */
  reset(name: string, { provision = true } = {}): Promise<LabHost> {
    return this.#locked(async () => {
      const options = await this.#prepare([name])
      const host = await freshHost(name, options)
      await this.#publish(options)
      if (provision) await ensureProvisioned(host, options.access, this.#progress)
      return host
    })
  }

  /** Removes some hosts, and leaves the others as they are. */
  remove(hosts: readonly string[]): Promise<void> {
    return this.#locked(async () => {
      for (const name of hosts) await removeHost((await this.host(name)).files)
      await removeHostVars(this.names, hosts)
      if ((await this.state()) !== undefined) await this.#publish(await this.#prepare([]))
    })
  }

  /** Removes the lab: no process, mount, interface, namespace or file of it is left. */
  down(): Promise<void> {
    return this.#locked(async () => {
      await removeLocked(this.names.id)
      await releaseClaims(this.names.id)
      await removeHostVars(this.names)
      const own = join(this.names.checkout, '.lab')
      for (const file of ['id_ed25519', 'id_ed25519.pub', 'passwords.json', 'known_hosts', 'state.json']) {
        await rm(join(own, file), { force: true })
      }
      await rmdir(own).catch(() => {}) // Not ours to remove when somebody else keeps something there.
    })
  }

  /** The hosts that have been made, running or not. */
  async hosts(): Promise<LabHost[]> {
    return (await hostIndexes(this.names)).map(({ host }) => host)
  }

  /** A host that has been made. */
  async host(name: string): Promise<LabHost> {
    const found = (await this.hosts()).find(host => host.name === name)
    if (found) return found
    throw new LabError(`the lab has no host ${name}`, `\`npm run lab -- up ${name}\` makes it.`)
  }

  /** Undefined when the lab is down. */
  state(): Promise<LabState | undefined> {
    return readJson<LabState>(join(this.names.checkout, '.lab', 'state.json'))
  }

  async #prepare(hosts: readonly string[]): Promise<HostOptions> {
    const possible = labPossible()
    if (!possible.ok) throw new LabError(possible.why)
    await ensurePrograms(this.#progress)
    const again = labPossible()
    if (!again.ok) throw new LabError(again.why)
    const lab = this.names
    const subnet = { slot: await ensureClaim(lab) }
    const image = await ensureImage(lab, this.#progress)
    const access = await ensureAccess(lab)
    await ensureSwitch(lab, subnet)
    const all = await hostIndexes(lab, { subnet, wanted: [...defaultHosts, ...hosts] })
    return { lab, subnet, image, access, all, progress: this.#progress }
  }

  /** Writes what a user's own tools need to reach the hosts. */
  async #publish({ lab, subnet, access }: HostOptions): Promise<void> {
    const made = (await hostIndexes(lab)).map(({ host }) => host)
    await copyAccess(lab, access)
    const keys = await Promise.all(made.map(host => knownHosts(host.files, host.address)))
    await writeWhole(join(lab.checkout, '.lab', 'known_hosts'), `${keys.flat().join('\n')}\n`, 0o644)
    const addresses = new Map(made.map(host => [host.name, host.address]))
    await writeHostVars(lab, addresses)
    const state: LabState = {
      id: lab.id,
      checkout: lab.checkout,
      network: networkOf(subnet),
      gateway: gateway(subnet),
      hosts: Object.fromEntries(addresses),
    }
    await writeJson(join(lab.checkout, '.lab', 'state.json'), state)
  }

  #locked<T>(body: () => Promise<T>): Promise<T> {
    const waiting = (): void => this.#progress('waiting for another command on this lab')
    if (process.getuid?.() !== 0) throw new LabError('the lab needs root: it boots containers', 'Run it with sudo.')
    process.umask(0o022) // The hosts' files get their modes from it, and an overlay's upper directory is the host's `/`.
    return withLock(`lab-${this.names.id}`, body, waiting)
  }
}

/** Waits for all before it fails with the first failure: nothing goes on behind the caller's back. */
async function settled<T>(all: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(all)
  return Promise.all(all)
}
