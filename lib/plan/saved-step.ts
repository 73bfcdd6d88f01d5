import type { Change } from '../changes/change.ts'
import type { Planned } from '../engine/plan.ts'
import { reportError } from '../engine/report-error.ts'
import { maskSecrets } from '../secret.ts'
import type { Digest } from './digest.ts'
import { claimInShort } from './in-short.ts'
import type { SavedChange, SavedStep } from './saved-plan.ts'

/**
 * The same for the same work: what is run, with which content, as whom. What it claims follows from that and from what was
 * there before; much of it is only carried along.
 */
const digestOf = ({ command, makes }: Change, as: string | undefined, digest: Digest): string => {
  const { script, args, stdin, guarded } = command
  const content = typeof stdin === 'object' && 'open' in stdin ? stdin.bytes : stdin
  // Of content that is too large for memory only these tell what it is.
  const digests = makes.flatMap(({ fact, answer }) => (fact.kind.kind === 'digest' ? [[fact.key, answer]] : []))
  return digest({ as, script, args, guarded, content, digests }, content)
}

const savedChange = (change: Change, as: string | undefined, digest: Digest): SavedChange => ({
  summary: maskSecrets(change.summary),
  digest: digestOf(change, as, digest),
  makes: change.makes.map(claim => ({ fact: maskSecrets(claim.fact.key), expected: claimInShort(claim, digest) })),
  ...(change.doubts.length > 0 && { unsettles: change.doubts.map(({ about }) => maskSecrets(about)) }),
})

/** What a plan makes of one step, as it is saved. `on`: the host that it is about, where that is another. */
export const savedStep = (
  { host, play, on }: { readonly host: string; readonly play: string; readonly on: string },
  planned: Planned,
  digest: Digest,
): SavedStep => {
  const { step, state } = planned
  const { title, moving, options } = step.task
  const about = {
    host,
    play,
    key: step.key,
    title: maskSecrets(title),
    ...(on !== host && { on }),
    ...(step.handler && { handler: true as const }),
    ...(moving && { moving: true as const }),
    ...(options.retries && { attempts: options.retries.attempts }),
  }
  if (state === 'error')
    return { ...about, state: 'failed', because: maskSecrets(reportError(planned.error).message), changes: [] }
  if (state === 'unknown') return { ...about, state, because: maskSecrets(planned.because), changes: [] }
  const changes = planned.changes.map(change => savedChange(change, step.as, digest))
  return { ...about, state: changes.length > 0 ? 'change' : 'ok', changes }
}
