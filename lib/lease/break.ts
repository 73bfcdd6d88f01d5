import { type Command, type Output, sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { type Answer, parseAnswer } from './answer.ts'
import { writerArgs, writesLeases } from './host-script.ts'
import type { LeaseOwner } from './owner.ts'

/** Argument 12 is the counter that was seen. The next one is taken, so that the holder's commands are refused from then on. */
const script = sh`
${writesLeases}
counter=\${12} left=0
clock
highest "$dir"
look "$dir"
if [ "$top" -ne "$counter" ] || [ "$run" != "$me" ] || [ "$state" != held ]; then say changed "$dir" "$top"; exit 0; fi
mine=$((top + 1))
put "$mine" broken "$now"
if said=$(ln "$new" "$dir/lease.$mine" 2>&1); then
  rm -f "$new"
  sync "$dir/lease.$mine" "$dir" 2>/dev/null
  highest "$dir"
  [ "$top" -ne "$mine" ] || { say broken "$dir" "$mine"; exit 0; }
elif [ ! -e "$dir/lease.$mine" ]; then
  rm -f "$new"
  printf '%s\\n' "$said" >&2
  exit 1
fi
rm -f "$new"
highest "$dir"
say changed "$dir" "$top"
exit 0`

export interface Breaking {
  /** Who breaks it, and the run whose lease it is. */
  readonly owner: LeaseOwner
  readonly directory: string
  readonly counter: number
  readonly nonce: string
}

/** Ends a lease that another run has, if it is still the one that was seen: that run, that counter. */
export const breakLease = ({ owner, directory, counter, nonce }: Breaking): Command => ({
  script,
  args: [...writerArgs({ owner, seconds: 0, nonce, place: { directory } }), String(counter)],
  timeoutMs: 30_000,
})

/** `changed`: it is not the one that was seen any more, and nothing was done. */
export type Broken = Answer & { readonly word: 'broken' | 'changed' }

/** Throws FactError for a lease that could not be written. */
export const parseBroken = (output: Output): Broken => {
  const answer = parseAnswer(output)
  if (answer.word !== 'broken' && answer.word !== 'changed') throw new FactError('the script for leases broke none')
  return { ...answer, word: answer.word }
}
