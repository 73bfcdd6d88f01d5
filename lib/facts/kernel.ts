import { z } from 'zod'
import { sh } from '../command.ts'
import { hostFact } from './host-fact.ts'

const schema = z.strictObject({
  /** `Linux` */
  name: z.string().min(1),
  /** `6.1.0-28-amd64` */
  release: z.string().min(1),
  /** `#1 SMP PREEMPT_DYNAMIC Debian 6.1.119-1 (2024-11-22)` */
  version: z.string(),
  /** `x86_64`, `aarch64` */
  architecture: z.string().min(1),
})

/** The running kernel. Source: uname(1), https://pubs.opengroup.org/onlinepubs/9799919799/utilities/uname.html */
export const kernel = hostFact({
  kind: 'kernel',
  script: sh`uname -srvm`,
  schema,
  read: text => {
    const [, name, release, version, architecture] = /^(\S+) (\S+) (.*) (\S+)\n$/.exec(text) ?? []
    return { name, release, version, architecture }
  },
})
