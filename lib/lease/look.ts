import { type Command, type Output, sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { type Answer, parseAnswer } from './answer.ts'
import { type LeasePlace, placeArgs, readsLeases } from './host-script.ts'

/** Argument 3: which of the two places. Writes nothing. */
const script = sh`
${readsLeases}
clock
[ "$3" = own ] || dir=$other
left=0
if [ -z "$dir" ]; then printf 'none 0 0 %s\\n/\\n' "$now"; exit 0; fi
highest "$dir"
if [ "$top" -gt 0 ] && [ ! -r "$dir/lease.$top" ]; then echo "$dir/lease.$top cannot be read" >&2; exit 1; fi
say seen "$dir" "$top"
exit 0`

/**
 * Two questions: what is the lease in the asking user's own place (root's for root), and in the one beside it (root's for
 * anybody else).
 */
export const lookAtLeases = (place?: LeasePlace): readonly Command[] =>
  ['own', 'beside'].map(which => ({ script, args: [...placeArgs(place), which], timeoutMs: 30_000, mayFail: true }))

/** Undefined: there is no lease, or there is no such place. Throws FactError for one that cannot be read. */
export const parseLook = (output: Output | undefined): Answer | undefined => {
  if (!output) throw new FactError('leases were not looked at')
  const answer = parseAnswer(output)
  return answer.counter === 0 ? undefined : answer
}
