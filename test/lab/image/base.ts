import { chmod, rename } from 'node:fs/promises'
import { removeTree } from '../machine/mounts.ts'
import { run } from '../machine/run.ts'
import { acquireOptions, debianMirror } from './mirror.ts'
import { customizeHook, packages, setupHook, suite } from './recipe.ts'

/**
 * Builds the root file system with mmdebstrap and puts it at TARGET, complete or not at all. Takes half a minute and
 * some 650 MB. When this process dies, so does the whole build, and its mounts go with its mount namespace.
 */
export async function buildBase(target: string, temporary: string): Promise<void> {
  const mirror = await debianMirror()
  const dieWithUs = [
    'setpriv',
    '--pdeathsig',
    'KILL',
    'unshare',
    '--mount',
    '--pid',
    '--fork',
    '--kill-child=KILL',
    '--mount-proc',
  ]
  const options = (await acquireOptions()).map(option => `--aptopt=${option}`)
  await removeTree(temporary)
  await run([
    ...dieWithUs,
    'mmdebstrap',
    '--quiet',
    '--mode=root',
    '--variant=minbase',
    '--format=directory',
    ...options,
    `--setup-hook=sh ${quoted(setupHook)} "$1"`,
    `--customize-hook=sh ${quoted(customizeHook)} "$1"`,
    `--include=${packages.join(',')}`,
    suite,
    temporary,
    `deb ${mirror} ${suite} main`,
  ])
  await chmod(temporary, 0o755)
  await rename(temporary, target)
}

/** mmdebstrap takes a hook as shell text only, so our own path has to be in it. */
const quoted = (path: string): string => `'${path.replaceAll("'", `'\\''`)}'`
