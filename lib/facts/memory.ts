import { z } from 'zod'
import { sh } from '../command.ts'
import { hostFact } from './host-fact.ts'

const bytes = z.number().int().min(0)

const schema = z.strictObject({
  totalBytes: bytes,
  /** What a new program could have without swapping: free memory, and caches that can be given back. */
  availableBytes: bytes,
  /** Used for nothing at all, which says little: see `availableBytes`. */
  freeBytes: bytes,
  swapTotalBytes: bytes,
  swapFreeBytes: bytes,
})

/**
 * The machine's memory; a container's own limit is not in it.
 * Source: proc_meminfo(5), https://man7.org/linux/man-pages/man5/proc_meminfo.5.html
 */
export const memory = hostFact({
  kind: 'memory',
  script: sh`cat /proc/meminfo`,
  schema,
  stable: ({ totalBytes, swapTotalBytes }) => ({ totalBytes, swapTotalBytes }),
  read: text => {
    const of = (name: string): number | undefined => {
      const [, kibibytes] = new RegExp(`^${name}: +(\\d+) kB$`, 'm').exec(text) ?? []
      return kibibytes === undefined ? undefined : Number(kibibytes) * 1024
    }
    return {
      totalBytes: of('MemTotal'),
      availableBytes: of('MemAvailable'),
      freeBytes: of('MemFree'),
      swapTotalBytes: of('SwapTotal'),
      swapFreeBytes: of('SwapFree'),
    }
  },
})
