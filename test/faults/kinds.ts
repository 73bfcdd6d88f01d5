import type { Kind } from './campaign.ts'
import { cut } from './kinds/cut.ts'
import { killedAfter, killedBefore, killedTwice, torn } from './kinds/killed.ts'
import { oracle } from './kinds/oracle.ts'

export const kinds: readonly Kind[] = [oracle, killedBefore, killedAfter, torn, killedTwice, cut]
