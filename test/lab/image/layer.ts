import { mkdir, rename } from 'node:fs/promises'
import { join } from 'node:path'
import { installArtifactory } from '../artifactory/install.ts'
import { mountOverlay, removeTree } from '../machine/mounts.ts'
import { run } from '../machine/run.ts'

/**
 * Builds what is laid over the root file system of the packages: the Artifactory stand-in and apt's lists. It is apart
 * because it changes often and takes a second, whereas the packages take half a minute.
 */
export async function buildLayer(target: string, temporary: string, base: string): Promise<void> {
  await removeTree(temporary)
  const at = { root: join(temporary, 'root'), upper: join(temporary, 'upper'), work: join(temporary, 'work') }
  for (const directory of Object.values(at)) await mkdir(directory, { recursive: true })
  await mountOverlay(at, [base])
  await installArtifactory(at.root)
  // mmdebstrap leaves no lists behind, a machine that is in use has some.
  await run(['chroot', at.root, 'apt-get', 'update', '-qq', '-o', 'APT::Sandbox::User=root'])
  await run(['umount', at.root])
  await rename(at.upper, target)
  await removeTree(temporary)
}
