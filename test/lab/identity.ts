import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { chmod, cp, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Access } from './access.ts'
import { run } from './machine/run.ts'
import type { HostNames } from './names.ts'

const keyTypes = ['ed25519', 'ecdsa']

/** Makes what tells a host from others: machine-id and SSH host keys. Kept through a reset, like a name and an address. */
export async function ensureIdentity(host: HostNames): Promise<void> {
  if (existsSync(host.identity)) return
  const draft = `${host.identity}.new`
  await rm(draft, { recursive: true, force: true })
  await mkdir(draft, { recursive: true, mode: 0o700 })
  await writeFile(join(draft, 'machine-id'), `${randomUUID().replaceAll('-', '')}\n`)
  for (const type of keyTypes) {
    const file = join(draft, `ssh_host_${type}_key`)
    await run(['ssh-keygen', '-q', '-t', type, '-N', '', '-C', `root@${host.name}`, '-f', file])
  }
  await rename(draft, host.identity)
}

/** The host's public keys as lines of known_hosts, by name and by address. */
export async function knownHosts(host: HostNames, address: string): Promise<string[]> {
  const files = (await readdir(host.identity)).filter(name => name.endsWith('.pub')).sort()
  const keys = await Promise.all(files.map(file => readFile(join(host.identity, file), 'utf8')))
  return keys.map(key => `${host.name},${address} ${key.split(' ').slice(0, 2).join(' ')}`)
}

/** Makes a fresh root this host's own. `neighbours` are `ADDRESS NAME` lines for /etc/hosts: the hosts have no DNS. */
export async function personalise(host: HostNames, access: Access, neighbours: readonly string[]): Promise<void> {
  const etc = (path: string): string => join(host.root, 'etc', path)
  await writeFile(etc('hostname'), `${host.name}\n`)
  await writeFile(etc('hosts'), ['127.0.0.1 localhost', '::1 localhost', ...neighbours, ''].join('\n'))
  await writeFile(etc('resolv.conf'), '')
  await cp(join(host.identity, 'machine-id'), etc('machine-id'))
  await chmod(etc('machine-id'), 0o444)
  for (const file of (await readdir(host.identity)).filter(name => name.startsWith('ssh_host_'))) {
    await cp(join(host.identity, file), etc(`ssh/${file}`))
    await chmod(etc(`ssh/${file}`), file.endsWith('.pub') ? 0o644 : 0o600)
  }
  await authorize(host, 'admin', access.publicKey)
  await authorize(host, 'operator', access.publicKey)
  await run(['chroot', host.root, 'chpasswd'], { input: `operator:${access.passwords.operator}\n` })
}

async function authorize(host: HostNames, user: string, publicKey: string): Promise<void> {
  const directory = join(host.root, 'home', user, '.ssh')
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await writeFile(join(directory, 'authorized_keys'), publicKey, { mode: 0o600 })
  await run(['chroot', host.root, 'chown', '-R', `${user}:`, `/home/${user}/.ssh`])
}
