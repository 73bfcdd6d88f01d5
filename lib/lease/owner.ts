import { hostname, userInfo } from 'node:os'

/** Who takes leases: what other runs are told. */
export interface LeaseOwner {
  /** The run; the same again when it is resumed. */
  readonly run: string
  readonly playbook: string
  readonly owner: string
  /** Where the controller runs. */
  readonly from: string
  /** What -i was given, for the commands that messages show. */
  readonly inventory?: string
  /** Another run that is known to have ended without having given back every lease: its host was out of reach. */
  readonly ended?: string
  /** Tells this process from that of the same run before it was resumed: 16 hex digits. */
  readonly process?: string
}

/** One line, and short: it becomes a line of a file. */
export const tidy = (text: string): string =>
  Array.from(text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim())
    .slice(0, 190)
    .join('')

const userName = (): string => {
  try {
    return userInfo().username
  } catch {
    // A user without an entry, as in many containers.
    return `uid ${process.getuid?.() ?? 'unknown'}`
  }
}

/** This process. */
export const leaseOwner = (run: string, playbook: string, inventory?: string): LeaseOwner => ({
  run,
  playbook,
  owner: userName(),
  from: `${hostname()} pid ${process.pid}`,
  ...(inventory !== undefined && { inventory }),
})

/** The part of `from` that stays when the same machine runs it again. */
export const machineOf = (from: string): string => from.replace(/ pid \d+$/, '')
