import type { Kind } from './campaign.ts'
import { killedAfter, killedBefore, killedTwice, torn } from './kinds/killed.ts'

export const kinds: readonly Kind[] = [killedBefore, killedAfter, torn, killedTwice]
