import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Access } from './access.ts'
import { LabError } from './error.ts'
import { LabHost } from './host.ts'
import { ensureIdentity, personalise } from './identity.ts'
import { type Image, isComplete, lowerDirectories, sameImage } from './image/image.ts'
import { readJson, writeJson } from './json.ts'
import { cutPower } from './machine/container.ts'
import { isMounted, mountOverlay, removeTree, unmountBelow } from './machine/mounts.ts'
import { addressOf, ensurePort, maximumHosts, type Subnet } from './machine/network.ts'
import { hostNames, type LabNames } from './names.ts'

/** What every host of a lab shares. */
export interface HostOptions {
  readonly lab: LabNames
  readonly subnet: Subnet
  readonly image: Image
  readonly access: Access
  readonly all: readonly Numbered[]
  readonly progress: (line: string) => void
}

/** A host and its number, which is its place in the network. */
interface Numbered {
  readonly host: LabHost
  readonly index: number
}

/** What is noted of a host once its disk is whole; without it the disk is made again. */
interface Meta {
  readonly image: Image
  readonly slot: number
}

/** Brings the host up from whatever state it is in. */
export async function ensureHost(name: string, options: HostOptions): Promise<LabHost> {
  const { host, index } = find(name, options)
  const meta = await readJson<Meta>(host.files.meta)
  if (meta === undefined || meta.slot !== options.subnet.slot) return freshHost(name, options)
  if (!sameImage(meta.image, options.image)) {
    if (!isComplete(meta.image)) return freshHost(name, options)
    // Never without being asked: what is on the disk may be what somebody is looking into.
    options.progress(`${name} stays on an older image; \`npm run lab -- reset ${name}\` gives it the new one`)
  }
  if (!isMounted(host.files.root)) await mountOverlay(host.files, lowerDirectories(meta.image))
  await ensurePort(options.lab, host.files, options.subnet, index)
  await host.start()
  return host
}

/** Makes the host anew: what ran is killed, what was on its disk is gone. */
export async function freshHost(name: string, options: HostOptions): Promise<LabHost> {
  const { host, index } = find(name, options)
  const { files } = host
  await cutPower(files)
  for (const note of [files.meta, files.provisioned]) await rm(note, { force: true })
  await unmountBelow(files.root)
  for (const directory of [files.upper, files.work]) await removeTree(directory)
  for (const directory of [files.root, files.upper, files.work]) await mkdir(directory, { recursive: true })
  await writeJson(join(files.directory, 'image.json'), options.image)
  await ensureIdentity(files)
  await mountOverlay(files, lowerDirectories(options.image))
  await personalise(files, options.access, neighboursOf(host, options))
  await ensurePort(options.lab, files, options.subnet, index)
  const meta: Meta = { image: options.image, slot: options.subnet.slot }
  await writeJson(files.meta, meta)
  await host.start()
  return host
}

/** The hosts of a lab by number; those `wanted` get one now. A number is kept as long as the lab is there. */
export async function hostIndexes(
  lab: LabNames,
  make?: { readonly subnet: Subnet; readonly wanted: readonly string[] },
): Promise<Numbered[]> {
  const file = join(lab.state, 'hosts.json')
  const known = (await readJson<{ slot: number; names: string[] }>(file)) ?? { slot: 0, names: [] }
  const slot = make?.subnet.slot ?? known.slot
  const names = [...new Set([...known.names, ...(make?.wanted ?? [])])]
  if (names.length > maximumHosts) {
    throw new LabError(
      `a lab has at most ${maximumHosts} hosts`,
      '`npm run lab -- down` and start with those you need.',
    )
  }
  const numbered = names.map((name, at) => {
    const index = at + 1
    return { host: new LabHost(lab, hostNames(lab, name), index, addressOf({ slot }, index)), index }
  })
  if (make) {
    await writeJson(file, { slot, names })
    return numbered
  }
  const made: string[] = await readdir(join(lab.state, 'hosts')).catch(() => [])
  return numbered.filter(({ host }) => made.includes(host.name))
}

function find(name: string, { all }: HostOptions): Numbered {
  const found = all.find(({ host }) => host.name === name)
  if (found === undefined) throw new LabError(`the lab has no host ${name}`)
  return found
}

/** /etc/hosts: the host itself and the two of the standby playbook, which are always the first. */
function neighboursOf(host: LabHost, { all }: HostOptions): string[] {
  const shown = all.filter(other => other.index <= 2 || other.host === host)
  return shown.map(other => `${other.host.address} ${other.host.name}`)
}
