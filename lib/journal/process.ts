import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import type { Origin } from '../event.ts'

/**
 * When a process began, in ticks since the boot: field 22 of /proc/PID/stat, counted behind the name, which may hold blanks
 * and brackets. Undefined: there is no such process, or no /proc.
 * Source: https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
 */
const startOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]
  } catch {
    return undefined
  }
}

/** The process that this is, as a journal names it. */
export const thisProcess = (): Pick<Origin, 'controller' | 'pid' | 'started'> => ({
  controller: hostname(),
  pid: process.pid,
  started: startOf(process.pid) ?? 'unknown',
})

/** Does the run's controller still live? Only known for this machine: false elsewhere, where the host's lease decides. */
export const isAlive = ({ controller, pid, started }: Pick<Origin, 'controller' | 'pid' | 'started'>): boolean =>
  controller === hostname() && started !== 'unknown' && startOf(pid) === started
