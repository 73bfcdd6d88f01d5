import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hostVars, type Lab, type LabHost } from '../lab/lab.ts'

/** Where a host is reached, when not by its own address. */
export interface Way {
  readonly address: string
  readonly port: number
}

/** Two hosts that one fault after another is tried on. */
export interface Stage {
  readonly lab: Lab
  readonly hosts: readonly [LabHost, LabHost]
}

export interface InventoryOptions {
  readonly ways?: Readonly<Record<string, Way>>
  readonly user?: string
  readonly vars?: Readonly<Record<string, string>>
}

/** Writes an inventory with the hosts of the stage into the folder; the name that the folder has for Baton. */
export const writeInventory = (
  { lab, hosts }: Stage,
  folder: string,
  { ways = {}, user = 'admin', vars = {} }: InventoryOptions = {},
): string => {
  mkdirSync(folder, { recursive: true })
  const own = join(lab.names.checkout, '.lab')
  const known = readFileSync(join(own, 'known_hosts'), 'utf8').split('\n').filter(Boolean)
  const lines = hosts.flatMap(({ name, address }) => {
    const keys = known.filter(line => (line.split(' ')[0] ?? '').split(',').includes(address))
    const way = ways[name]
    return keys.map(line => [way ? `[${way.address}]:${way.port}` : address, ...line.split(' ').slice(1)].join(' '))
  })
  const knownFile = join(folder, 'known_hosts')
  writeFileSync(knownFile, `${lines.join('\n')}\n`)
  const all = hosts.map(({ name, address }) => [
    name,
    {
      ...hostVars(ways[name]?.address ?? address, user),
      ...(ways[name] && { ansible_port: ways[name].port }),
      ansible_ssh_private_key_file: join(own, 'id_ed25519'),
      ssh_known_hosts_file: knownFile,
      ...vars,
    },
  ])
  const file = join(folder, 'inventory.yml')
  writeFileSync(file, JSON.stringify({ all: { children: { faulty: { hosts: Object.fromEntries(all) } } } }))
  return file
}

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true })
