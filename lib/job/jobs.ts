import { z } from 'zod'
import type { Output } from '../command.ts'
import { FactError } from '../errors.ts'
import { showSafely } from '../secret.ts'
import type { JobId } from './job-id.ts'

/** A job as its host knows it. */
export interface Job extends JobId {
  /** `vanished`: it is gone, and nobody knows how it ended. */
  readonly state: 'running' | 'ended' | 'vanished'
  /** The command's process. */
  readonly pid?: number
  /** Seconds since 1970 by the host's clock; left out where the host was started anew since. */
  readonly since?: number
  /** The exit code, once it has ended. */
  readonly code?: number
  /** Why it has ended: by itself, by its deadline, or because `endJobs` ended it. */
  readonly why?: 'exit' | 'deadline' | 'end'
}

export interface HostJobs {
  /** The same for as long as the host is not started anew, a container included. */
  readonly boot: string
  readonly jobs: readonly Job[]
}

const name = z.string().regex(/^[0-9a-z-]{1,64}$/)
const number = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
const orNone = <T extends z.ZodType>(schema: T) => z.union([z.literal('-').transform(() => undefined), schema])

const head = z.tuple([z.literal('host'), z.string().regex(/^[0-9a-f.-]{1,64}$/), number])
const line = z.tuple([
  z.literal('job'),
  name,
  name,
  z.enum(['running', 'ended', 'vanished']),
  orNone(number),
  orNone(number),
  orNone(number),
  orNone(z.enum(['exit', 'deadline', 'end'])),
])

const read = <T>(schema: z.ZodType<T>, text: string): T => {
  const { success, data } = schema.safeParse(text.split(' '))
  if (!success) throw new FactError(`a host that was asked for its jobs said ${JSON.stringify(showSafely(text, 200))}`)
  return data
}

/** Reads what `listJobs`, `endJobs` and `forgetJobs` print. Throws FactError. */
export const parseJobs = ({ code, stdout, stderr }: Output): HostJobs => {
  if (code !== 0) throw new FactError(`a host cannot list its jobs: ${showSafely(stderr.toString().trim(), 500)}`)
  const [first = '', ...rest] = stdout.toString().replace(/\n$/, '').split('\n')
  const [, boot] = read(head, first)
  const jobs = rest.map(text => {
    const [, run, name, state, pid, since, exit, why] = read(line, text)
    return {
      run,
      name,
      state,
      ...(pid !== undefined && { pid }),
      ...(since !== undefined && { since }),
      ...(exit !== undefined && { code: exit }),
      ...(why !== undefined && { why }),
    }
  })
  return { boot, jobs }
}
