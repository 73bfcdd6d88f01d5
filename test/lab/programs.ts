import { accessSync, constants } from 'node:fs'
import { LabError } from './error.ts'
import { searchPath } from './machine/path.ts'
import { attempt } from './machine/run.ts'

/** Programs the lab runs, and the Debian packages they come in. */
const packageOf = {
  'systemd-nspawn': 'systemd-container',
  mmdebstrap: 'mmdebstrap',
  ip: 'iproute2',
  nft: 'nftables',
  ssh: 'openssh-client',
  'ssh-keygen': 'openssh-client',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  setpriv: 'util-linux',
  flock: 'util-linux',
  chroot: 'coreutils',
  mount: 'mount',
  find: 'findutils',
} as const

export function isInstalled(program: string): boolean {
  return searchPath.some(directory => {
    try {
      accessSync(`${directory}/${program}`, constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

/** Debian packages to install for what is missing here. */
export function missingPackages(): string[] {
  const missing = Object.entries(packageOf).filter(([program]) => !isInstalled(program))
  return [...new Set(missing.map(([, name]) => name))]
}

/** Installs what is missing with apt-get. Throws `LabError` that says what to install when that fails. */
export async function ensurePrograms(progress: (line: string) => void): Promise<void> {
  const missing = missingPackages()
  if (missing.length === 0) return
  progress(`installing ${missing.join(', ')}`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const apt = ['apt-get', '-qq', '-o', 'DPkg::Lock::Timeout=300']
  await attempt([...apt, 'update'], { env })
  const installed = await attempt([...apt, 'install', '-y', '--no-install-recommends', ...missing], { env })
  if (installed.code === 0) return
  throw new LabError(
    `cannot install ${missing.join(', ')}:\n${installed.stderr.trim()}`,
    `Install by hand: apt-get install ${missing.join(' ')}`,
  )
}
