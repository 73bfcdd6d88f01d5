import { addresses } from '../facts/addresses.ts'
import { cpu } from '../facts/cpu.ts'
import { distribution } from '../facts/distribution.ts'
import type { Fact } from '../facts/fact.ts'
import { kernel } from '../facts/kernel.ts'
import { memory } from '../facts/memory.ts'
import { mounts } from '../facts/mounts.ts'
import { os } from '../facts/os.ts'
import { time } from '../facts/time.ts'

/** What a host as a whole can be asked on the command line, in the order in which it is shown. */
export const hostFacts: Readonly<Record<string, Fact<unknown>>> = {
  os,
  distribution,
  kernel,
  cpu,
  memory,
  mounts,
  addresses,
  time,
}

export const factNames: readonly string[] = Object.keys(hostFacts)
