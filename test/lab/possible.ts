import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { systemEnvironment } from './machine/path.ts'
import { stateDirectory } from './names.ts'
import { isInstalled, missingPackages } from './programs.ts'

export type Possible = { readonly ok: true } | { readonly ok: false; readonly why: string }

/**
 * Whether this machine can have a lab. What is missing of programs but can be installed does not count against it; what
 * the kernel or the privileges lack does, and is tried for real in namespaces that end with the try.
 */
export function labPossible(): Possible {
  if (process.platform !== 'linux') return no('the lab needs Linux')
  if (process.getuid?.() !== 0) return no('the lab needs root: it boots containers. Run it with sudo')
  const missing = missingPackages()
  if (missing.length > 0 && !isInstalled('apt-get')) {
    return no(`the lab needs the programs of ${missing.join(', ')} (Debian's package names). Install them`)
  }
  if (!isInstalled('unshare') || !isInstalled('ip')) return { ok: true } // Tried again by `up`, once they are there.
  return tryKernel()
}

const no = (why: string): Possible => ({ ok: false, why })

/** Each line names what failed; the first to fail is the one that is said. */
const trial = `
ip link add bl0 type veth peer name bl1 2>/dev/null || { echo 'virtual Ethernet pairs (veth)'; exit 1; }
ip link add br0 type bridge 2>/dev/null || { echo 'bridges (bridge)'; exit 1; }
mkdir -p "$1/lower" "$1/upper" "$1/work" "$1/root"
mount -t overlay lab -o "lowerdir=$1/lower,upperdir=$1/upper,workdir=$1/work" "$1/root" 2>/dev/null || {
  echo "overlayfs on the file system of $1"; exit 1
}
`

function tryKernel(): Possible {
  const directory = join(stateDirectory, `.trial-${process.pid}`)
  mkdirSync(directory, { recursive: true })
  const namespaces = ['--mount', '--net', '--pid', '--uts', '--ipc', '--cgroup', '--fork']
  const tried = spawnSync('unshare', [...namespaces, 'sh', '-c', trial, 'sh', directory], {
    encoding: 'utf8',
    env: systemEnvironment(),
  })
  rmSync(directory, { recursive: true, force: true })
  if (tried.status === 0) return { ok: true }
  const lacks = tried.stdout.trim() || `namespaces (${tried.stderr.trim()})`
  return no(
    `the lab needs what this kernel, or this container, does not give: ${lacks}. Use a machine or a VM of your own`,
  )
}
