import { z } from 'zod'
import { tidy } from './owner.ts'

/**
 * A lease as it stands on a host. Names are short and without control characters, whatever the host says; beyond that nobody
 * has checked them.
 */
export interface Lease {
  /** `broken`: somebody ended it, and the holder's commands are refused. */
  readonly state: 'held' | 'released' | 'broken'
  readonly run: string
  /** Who took it; for a broken one, who broke it. */
  readonly owner: string
  /** Where from: the controller's name and process id. */
  readonly from: string
  readonly playbook: string
  /** ISO 8601, UTC, by the host's clock. */
  readonly since: string
  /** Seconds since 1970 by the host's clock. */
  readonly expires: number
  /** Seconds that each renewal is good for. */
  readonly ttl: number
}

/** A run is named in file contents and on command lines: no blank, nothing that a shell reads. */
export const runId = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/)

const line = z.string().max(400).transform(tidy)
const seconds = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number)

const schema = z.object({
  state: z.enum(['held', 'released', 'broken']),
  run: runId,
  owner: line,
  from: line,
  playbook: line,
  since: z.iso.datetime(),
  expires: seconds,
  ttl: seconds,
})

/** The text of a lease. Undefined: it is not one, or only a part of one. */
export const parseLease = (text: string): Lease | undefined => {
  const fields = text.split('\n').flatMap(row => {
    const at = row.indexOf('=')
    return at > 0 ? [[row.slice(0, at), row.slice(at + 1)] as const] : []
  })
  return schema.safeParse(Object.fromEntries(fields)).data
}
