import { type Command, type Output, sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { type Answer, parseAnswer } from './answer.ts'
import { type Writer, writerArgs, writesLeases } from './host-script.ts'

/**
 * Argument 12 is the counter, 13 the new state. A whole new file takes the old one's place; then it is looked whether another
 * run has come between. What is not this run's any more is left alone.
 */
const script = sh`
${writesLeases}
counter=\${12} become=\${13}
mine() {
  highest "$dir"
  [ "$top" -eq "$counter" ] || return 1
  look "$dir"
  [ "$token" = "$me $counter" ]
}
clock
left=0
mine || { say lost "$dir" "$top"; exit 0; }
if [ "$become" = held ]; then put "$counter" held $((now + seconds)); else put "$counter" "$become" "$now"; fi
if ! said=$(mv -f "$new" "$dir/lease.$counter" 2>&1) && mine; then
  rm -f "$new"
  printf '%s\\n' "$said" >&2
  exit 1
fi
highest "$dir"
if [ "$top" -ne "$counter" ]; then
  rm -f "$dir/lease.$counter"
  say lost "$dir" "$top"
  exit 0
fi
say kept "$dir" "$top"
exit 0`

interface Kept extends Writer {
  readonly counter: number
}

const change = (kept: Kept, state: 'held' | 'released'): Command => ({
  script,
  args: [...writerArgs(kept), String(kept.counter), state],
  timeoutMs: 30_000,
})

/** Makes it good for another `seconds` from now, by the host's clock. Also when it has run out, as long as nobody took it. */
export const renewLease = (kept: Kept): Command => change(kept, 'held')

/** Gives it up: free at once. The file stays, as the counter; commands that are fenced by it are refused. */
export const releaseLease = (kept: Kept): Command => change(kept, 'released')

/** `lost`: with the lease that is there instead. */
export type Keeping = Answer & { readonly word: 'kept' | 'lost' }

/** Throws FactError for a lease that could not be written. */
export const parseKeeping = (output: Output): Keeping => {
  const answer = parseAnswer(output)
  if (answer.word !== 'kept' && answer.word !== 'lost') throw new FactError('the script for leases renewed none')
  return { ...answer, word: answer.word }
}
