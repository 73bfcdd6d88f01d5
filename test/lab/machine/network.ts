import { rm } from 'node:fs/promises'
import type { HostNames, LabNames } from '../names.ts'
import { isMounted } from './mounts.ts'
import { attempt, run } from './run.ts'

/**
 * The network of a lab: a bridge in a namespace of its own, one port a host, one uplink to the machine. The bridge is not
 * in the machine's own namespace, because a firewall there (Docker sets FORWARD to DROP and sends bridged packets
 * through it) would part the hosts from each other. Deleting the namespaces deletes every interface with them.
 */
export interface Subnet {
  /** Which /27 of 198.51.100.0/24 (TEST-NET-2, RFC 5737), 0 to 7. */
  readonly slot: number
}

/** Hosts a lab can have: a /27 without network, gateway and broadcast, one kept free. */
export const maximumHosts = 28

export const gateway = ({ slot }: Subnet): string => `198.51.100.${slot * 32 + 1}`
/** `index` counts from 1. */
export const addressOf = ({ slot }: Subnet, index: number): string => `198.51.100.${slot * 32 + 1 + index}`
export const networkOf = ({ slot }: Subnet): string => `198.51.100.${slot * 32}/27`

const hostInterface = 'host0'
const portOf = (index: number): string => `port${index}`

/** Makes the bridge and the uplink, or what is missing of them. */
export async function ensureSwitch(lab: LabNames, subnet: Subnet): Promise<void> {
  const ns = lab.switch
  await ensureNamespace(ns)
  await run(['ip', '-n', ns, 'link', 'set', 'dev', 'lo', 'up'])
  if (!(await linkExists(ns, 'br0'))) await run(['ip', '-n', ns, 'link', 'add', 'name', 'br0', 'type', 'bridge'])
  await run(['ip', '-n', ns, 'link', 'set', 'dev', 'br0', 'up'])
  if (!(await linkExists(ns, 'uplink'))) {
    // After a kill between two steps, or after a lost namespace, the machine's end may be there alone.
    await attempt(['ip', 'link', 'del', 'dev', lab.uplink])
    await run(['ip', 'link', 'add', 'name', lab.uplink, 'type', 'veth', 'peer', 'name', 'uplink', 'netns', ns])
  }
  await run(['ip', '-n', ns, 'link', 'set', 'dev', 'uplink', 'master', 'br0'])
  await run(['ip', '-n', ns, 'link', 'set', 'dev', 'uplink', 'up'])
  await run(['ip', 'address', 'replace', `${gateway(subnet)}/27`, 'dev', lab.uplink])
  await run(['ip', 'link', 'set', 'dev', lab.uplink, 'up'])
}

/**
 * Makes a host's namespace and its port, connected. The namespace outlives the container, so the address survives a
 * reboot and a power cut without anything inside the host setting it.
 */
export async function ensurePort(lab: LabNames, host: HostNames, subnet: Subnet, index: number): Promise<void> {
  const { netns } = host
  await ensureNamespace(netns)
  if (!(await linkExists(netns, hostInterface))) {
    await attempt(['ip', '-n', lab.switch, 'link', 'del', 'dev', portOf(index)])
    const peer = ['peer', 'name', hostInterface, 'address', macOf(lab, index), 'netns', netns]
    await run(['ip', '-n', lab.switch, 'link', 'add', 'name', portOf(index), 'type', 'veth', ...peer])
  }
  await run(['ip', '-n', lab.switch, 'link', 'set', 'dev', portOf(index), 'master', 'br0'])
  await setPort(lab, index, 'up')
  await run(['ip', '-n', netns, 'link', 'set', 'dev', 'lo', 'up'])
  await run(['ip', '-n', netns, 'address', 'replace', `${addressOf(subnet, index)}/27`, 'dev', hostInterface])
  await run(['ip', '-n', netns, 'link', 'set', 'dev', hostInterface, 'up'])
}

/** Pulls a host's cable, or plugs it in again. */
export async function setPort(lab: LabNames, index: number, state: 'up' | 'down'): Promise<void> {
  await run(['ip', '-n', lab.switch, 'link', 'set', 'dev', portOf(index), state])
}

export async function namespaces(): Promise<string[]> {
  const listed = await run(['ip', 'netns', 'list'])
  return listed.split('\n').flatMap(line => line.split(' ')[0] || [])
}

export async function removeNamespace(name: string): Promise<void> {
  if (isMounted(`/run/netns/${name}`)) await run(['ip', 'netns', 'delete', name])
  await rm(`/run/netns/${name}`, { force: true })
}

async function ensureNamespace(name: string): Promise<void> {
  if (isMounted(`/run/netns/${name}`)) return
  // Where /run is not a tmpfs, the file outlives the machine's reboot and `ip netns add` trips over it.
  await rm(`/run/netns/${name}`, { force: true })
  await run(['ip', 'netns', 'add', name])
}

async function linkExists(netns: string, link: string): Promise<boolean> {
  return (await attempt(['ip', '-n', netns, 'link', 'show', 'dev', link])).code === 0
}

/** Always the same for a host, so that a neighbour's ARP entry stays right when the host is made anew. */
function macOf(lab: LabNames, index: number): string {
  const hex = lab.id.slice(0, 6)
  return ['02', hex.slice(0, 2), hex.slice(2, 4), hex.slice(4, 6), '00', index.toString(16).padStart(2, '0')].join(':')
}
