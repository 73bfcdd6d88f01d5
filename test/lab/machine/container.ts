import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { HostNames } from '../names.ts'
import { removeTree } from './mounts.ts'
import { type Process, processes, processesInside, signal, until } from './processes.ts'
import { attempt, run } from './run.ts'

const keeper = join(import.meta.dirname, 'keep.sh')

/** The processes outside a container that keep it, and those inside. */
export interface Container {
  readonly keepers: readonly Process[]
  readonly inside: readonly Process[]
  /** Its PID 1, as this machine counts. */
  readonly leader: number | undefined
}

export function look(host: HostNames): Container {
  const keepers = processes().filter(({ argv }) => argv.includes(`--machine=${host.machine}`))
  const inside = processesInside(host.netns)
  return { keepers, inside, leader: inside.find(process => process.pidInside === 1)?.pid }
}

/** Boots the host. It belongs to init from then on and outlives whoever called. Needs its root mounted and its network. */
export async function boot(host: HostNames): Promise<void> {
  const nspawn = [
    'systemd-nspawn',
    `--machine=${host.machine}`,
    `--directory=${host.root}`,
    '--boot',
    '--quiet',
    '--register=no',
    '--keep-unit',
    `--network-namespace-path=/run/netns/${host.netns}`,
    `--hostname=${host.name}`,
    '--resolv-conf=off',
    '--timezone=off',
    '--link-journal=no',
  ]
  await removeRuntime(host)
  // https://www.freedesktop.org/software/systemd/man/latest/sd_booted.html
  if (existsSync('/run/systemd/system')) await bootAsUnit(host, nspawn)
  else {
    const detach = 'out=$1; shift; exec setsid --fork sh "$@" >>"$out" 2>&1 </dev/null'
    await run(['sh', '-c', detach, 'sh', host.console, keeper, host.machine, ...nspawn])
  }
  await until(`${host.name}: no container`, 20_000, () => look(host).leader)
}

/**
 * Under systemd a session's control group is not ours to divide, so the container gets a unit with Delegate=, like
 * systemd-nspawn@.service. A reboot asked for inside is exit code 133.
 */
async function bootAsUnit(host: HostNames, nspawn: readonly string[]): Promise<void> {
  const properties = [
    'Delegate=yes',
    'KillMode=mixed',
    'RestartForceExitStatus=133',
    'SuccessExitStatus=133',
    'StartLimitIntervalSec=0',
    `StandardOutput=append:${host.console}`,
    `StandardError=append:${host.console}`,
  ]
  await attempt(['systemctl', 'reset-failed', unitOf(host)])
  const flags = ['--quiet', '--collect', '--slice=machine.slice', `--unit=${unitOf(host)}`]
  await run(['systemd-run', ...flags, ...properties.map(property => `--property=${property}`), '--', ...nspawn])
}

const unitOf = (host: HostNames): string => `baton-lab-${host.machine}.service`

/** Kills whatever keeps the host or runs inside it, without a chance to finish anything: a power cut. */
export async function cutPower(host: HostNames): Promise<void> {
  await until(`${host.name}: does not die`, 20_000, () => {
    const { keepers, inside } = look(host)
    // The keeper first, or it boots the host again; init dies with everything inside.
    signal(
      [...keepers, ...inside].map(process => process.pid),
      'SIGKILL',
    )
    return keepers.length + inside.length === 0 ? true : undefined
  })
  await removeGroups(host)
  await removeRuntime(host)
}

/**
 * nspawn tidies up behind itself unless it is killed, and refuses to start on what it left: unix-export is a mount since
 * systemd 256.
 */
async function removeRuntime(host: HostNames): Promise<void> {
  for (const kind of ['propagate', 'unix-export']) await removeTree(`/run/systemd/nspawn/${kind}/${host.machine}`)
}

/** A group stays busy for a moment after its last process was killed. */
async function removeGroups(host: HostNames): Promise<void> {
  const hierarchies = ['/sys/fs/cgroup', '/sys/fs/cgroup/unified', '/sys/fs/cgroup/systemd']
  const groups = hierarchies.map(hierarchy => `${hierarchy}/baton-lab/${host.machine}`)
  await until(`${host.name}: its control groups stay`, 20_000, async () => {
    const left = groups.filter(group => existsSync(group))
    if (left.length === 0) return true
    await attempt(['find', ...left, '-depth', '-type', 'd', '-exec', 'rmdir', '{}', '+'])
    return undefined
  })
}

/** Stops every process of the host (SIGSTOP): it neither answers nor fails. Its kernel still acknowledges packets. */
export async function freeze(host: HostNames): Promise<void> {
  await until(`${host.name}: does not freeze`, 20_000, () => {
    const moving = look(host).inside.filter(process => process.state !== 'T')
    signal(
      moving.map(process => process.pid),
      'SIGSTOP',
    )
    return moving.length === 0 ? true : undefined
  })
}

export function thaw(host: HostNames): void {
  signal(
    look(host).inside.map(process => process.pid),
    'SIGCONT',
  )
}

export const isFrozen = ({ inside }: Container): boolean => inside.some(p => p.pidInside === 1 && p.state === 'T')
