import { existsSync } from 'node:fs'
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { artifactoryRecipeHash } from '../artifactory/install.ts'
import { readJson, writeJson } from '../json.ts'
import { withLock } from '../machine/lock.ts'
import { mounts, removeTree } from '../machine/mounts.ts'
import { cacheDirectory, type LabNames, stateDirectory } from '../names.ts'
import { buildBase } from './base.ts'
import { buildLayer } from './layer.ts'
import { digest, recipeHash } from './recipe.ts'

/** What the hosts' overlays stand on: two read-only trees in the cache, by name. */
export interface Image {
  readonly base: string
  readonly layer: string
}

/** For overlayfs: uppermost first. */
export const lowerDirectories = (image: Image): string[] =>
  [image.layer, image.base].map(name => join(cacheDirectory, name))

export const sameImage = (a: Image, b: Image): boolean => a.base === b.base && a.layer === b.layer

/**
 * The image of this checkout's recipe, built when this machine has none. The lab is noted as its user before the lock is
 * released, so no other checkout prunes it. Building needs the network, once.
 */
export async function ensureImage(lab: LabNames, progress: (line: string) => void): Promise<Image> {
  const base = `base-${await recipeHash()}`
  const image = { base, layer: `layer-${digest(base, await artifactoryRecipeHash())}` }
  const note = join(lab.state, 'image.json')
  const noted = await readJson<Image>(note)
  if (noted && sameImage(noted, image) && isComplete(image)) return image
  return withLock(
    'cache',
    async () => {
      await mkdir(cacheDirectory, { recursive: true })
      await writeJson(note, image)
      if (isComplete(image)) return image
      await prune()
      const at = (name: string): string => join(cacheDirectory, name)
      if (!existsSync(at(base))) {
        progress('building a Debian root file system: half a minute, once per machine')
        await buildBase(at(base), at(`.building-${base}`))
      }
      if (!existsSync(at(image.layer))) await buildLayer(at(image.layer), at(`.building-${image.layer}`), at(base))
      return image
    },
    () => progress('waiting for another lab that builds a root file system'),
  )
}

/** Whether both trees are in the cache. */
export const isComplete = (image: Image): boolean => lowerDirectories(image).every(path => existsSync(path))

/** Removes what no lab uses and what a killed build left. Call with the cache locked. */
async function prune(): Promise<void> {
  const used = await usedTrees()
  const mounted = mounts()
    .map(mount => mount.options)
    .join('\n')
  for (const name of await readdir(cacheDirectory)) {
    const path = join(cacheDirectory, name)
    if (name.startsWith('.building-') || (!used.has(name) && !mounted.includes(path))) await removeTree(path)
  }
}

async function usedTrees(): Promise<Set<string>> {
  const notes: string[] = []
  for (const lab of await listing(stateDirectory)) {
    notes.push(join(stateDirectory, lab, 'image.json'))
    for (const host of await listing(join(stateDirectory, lab, 'hosts'))) {
      notes.push(join(stateDirectory, lab, 'hosts', host, 'image.json'))
    }
  }
  const images = await Promise.all(notes.map(note => readJson<Image>(note)))
  return new Set(images.flatMap(image => (image ? [image.base, image.layer] : [])))
}

const listing = (directory: string): Promise<string[]> => readdir(directory).catch(() => [])
