import type { Kind } from './campaign.ts'
import { cut } from './kinds/cut.ts'
import { disk } from './kinds/disk.ts'
import { double } from './kinds/double.ts'
import { hostile } from './kinds/hostile.ts'
import { hosts } from './kinds/hosts.ts'
import { interrupted } from './kinds/interrupted.ts'
import { killedAfter, killedBefore, killedTwice, torn } from './kinds/killed.ts'
import { oracle } from './kinds/oracle.ts'
import { shell } from './kinds/shell.ts'
import { stopped } from './kinds/stopped.ts'

export const kinds: readonly Kind[] = [
  oracle,
  killedBefore,
  killedAfter,
  torn,
  killedTwice,
  cut,
  hosts,
  double,
  stopped,
  interrupted,
  disk,
  shell,
  hostile,
]
