import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { arch } from 'node:os'
import { join } from 'node:path'

export const suite = 'trixie'

/** What every host has installed. rrsync, for keys that may do nothing but rsync, needs the two python3 packages. */
export const packages = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'openssh-server',
  'sudo',
  'rsync',
  'iproute2',
  'procps',
  'postgresql-17',
  'python3-minimal',
  'python3-braceexpand',
  'nodejs',
  'curl',
]

export const setupHook = join(import.meta.dirname, 'setup.sh')
export const customizeHook = join(import.meta.dirname, 'customize.sh')

/** Key of the root file system in the cache: changes with everything that decides what is in it. */
export async function recipeHash(): Promise<string> {
  const hooks = await Promise.all([setupHook, customizeHook].map(hook => readFile(hook, 'utf8')))
  return digest(suite, arch(), packages.join(' '), ...hooks)
}

export function digest(...parts: string[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16)
}
