import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { LabError } from '../error.ts'

/** A live process of the machine, containers included. Zombies are left out: nothing of them can act any more. */
export interface Process {
  readonly pid: number
  /** 1 for the init of a container (and of the machine). */
  readonly pidInside: number
  /** One letter, proc_pid_stat(5): T is stopped. */
  readonly state: string
  readonly argv: readonly string[]
  /** Inode of its network namespace. */
  readonly netns: number
}

export function processes(): Process[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => read(Number(pid)))
}

/** Processes whose network namespace is the named one: everything that runs inside a host. */
export function processesInside(netns: string): Process[] {
  const inode = netnsInode(netns)
  return inode === undefined ? [] : processes().filter(process => process.netns === inode)
}

function netnsInode(netns: string): number | undefined {
  try {
    return statSync(`/run/netns/${netns}`).ino
  } catch {
    return undefined
  }
}

function read(pid: number): Process[] {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const state = /^State:\t(\S)/m.exec(status)?.[1] ?? '?'
    if (state === 'Z' || state === 'X') return []
    const pidInside = Number(/^NSpid:.*?(\d+)$/m.exec(status)?.[1] ?? pid)
    const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')
    const netns = Number(/\d+/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[0] ?? 0)
    return [{ pid, pidInside, state, argv, netns }]
  } catch {
    return [] // It ended while we looked.
  }
}

export function signal(pids: Iterable<number>, name: NodeJS.Signals): void {
  for (const pid of pids) {
    try {
      process.kill(pid, name)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
    }
  }
}

/** Looks again and again until `look` has an answer. Throws `LabError` after `timeoutMs`, saying what was awaited. */
export async function until<T>(
  what: string,
  timeoutMs: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > deadline) throw new LabError(`${what}: nothing after ${timeoutMs / 1000} s`)
    await sleep(50)
  }
}
