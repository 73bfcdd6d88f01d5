import { createHash } from 'node:crypto'
import { existsSync, realpathSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { LabError } from './error.ts'

/** Where labs keep their state; one directory a lab. */
export const stateDirectory = '/var/lib/baton-lab'
/** Root file systems, shared by all labs of this machine. */
export const cacheDirectory = '/var/cache/baton-lab'
export const claimDirectory = `${stateDirectory}/claims`
export const lockDirectory = '/run/lock/baton-lab'

/** Every name that a lab uses on the machine. All contain the id, so that two labs never meet. */
export interface LabNames {
  readonly id: string
  /** The checkout that owns the lab: absolute, without symbolic links. */
  readonly checkout: string
  readonly state: string
  /** Network namespace of the bridge. */
  readonly switch: string
  /** The machine's own interface to the lab; at most 15 characters (IFNAMSIZ). */
  readonly uplink: string
}

/** Names of the files of one host, and of its container. */
export interface HostNames {
  readonly name: string
  readonly machine: string
  readonly netns: string
  readonly directory: string
  readonly root: string
  readonly upper: string
  readonly work: string
  readonly identity: string
  readonly meta: string
  readonly provisioned: string
  readonly console: string
}

export function labNames(checkout: string): LabNames {
  const path = existsSync(checkout) ? realpathSync(checkout) : checkout
  const id = createHash('sha256').update(path).digest('hex').slice(0, 8)
  return { id, checkout: path, ...namesOfId(id) }
}

/** The names that follow from the id alone: enough to remove a lab whose checkout is gone. */
export function namesOfId(id: string): Omit<LabNames, 'checkout' | 'id'> {
  return { state: `${stateDirectory}/${id}`, switch: `bl${id}`, uplink: `bl${id}` }
}

export function hostNames(lab: Pick<LabNames, 'id' | 'state'>, name: string): HostNames {
  if (!/^[a-z][a-z0-9-]{0,30}$/.test(name)) {
    throw new LabError(
      `"${name}" cannot be the name of a lab host`,
      'Use up to 31 lower-case letters, digits and hyphens.',
    )
  }
  const directory = join(lab.state, 'hosts', name)
  const inside = (leaf: string): string => join(directory, leaf)
  return {
    name,
    machine: `bl${lab.id}-${name}`,
    netns: `bl${lab.id}-${name}`,
    directory,
    root: inside('root'),
    upper: inside('upper'),
    work: inside('work'),
    identity: inside('identity'),
    meta: inside('meta.json'),
    provisioned: inside('provisioned.json'),
    console: inside('console.log'),
  }
}

/** The checkout that this file belongs to. */
export const ownCheckout = dirname(dirname(import.meta.dirname))
