import { showSafely } from '../secret.ts'
import type { Lease } from './lease.ts'

/** `48 s`, `3 min`, `2 h 5 min`. */
export const duration = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 120) return `${whole} s`
  const minutes = Math.round(whole / 60)
  if (minutes < 120) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h${minutes % 60 ? ` ${minutes % 60} min` : ''}`
}

/** `2026-11-22 21:40:12` in UTC, from seconds since 1970 or ISO 8601. */
export const time = (at: number | string): string =>
  new Date(typeof at === 'number' ? at * 1000 : at).toISOString().slice(0, 19).replace('T', ' ')

/** Who it is, as far as the lease says. */
export const holder = ({ owner, run, playbook, from }: Lease): string => {
  const [who, where, what] = [owner, from, playbook].map(text => showSafely(text, 100))
  return `${who || 'somebody'}, run ${run}${what ? ` of "${what}"` : ''}${where ? `, from ${where}` : ''}`
}

/** `node1, node2 and 14 more`. */
export const names = (hosts: readonly string[], most = 8): string =>
  hosts.length <= most ? hosts.join(', ') : `${hosts.slice(0, most).join(', ')} and ${hosts.length - most} more`
