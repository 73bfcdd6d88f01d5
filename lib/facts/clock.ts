import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { showSafely } from '../secret.ts'
import { defineFact } from './fact.ts'

export interface Clock {
  /** The host's clock minus the clock of this machine, in milliseconds; true to within `uncertaintyMs`. */
  readonly offsetMs: number
  /** Half of the time between the question and its answer. Other questions of the same batch make it larger. */
  readonly uncertaintyMs: number
  /** When it was measured, by this machine's clock, in milliseconds since 1970. */
  readonly at: number
}

const kind = defineFact<null, Clock>({
  kind: 'clock',
  id: () => 'now',
  volatile: true,
  // The time of asking travels with the question, so that the answer can be placed between the two.
  ask: () => ({ script: sh`printf '%s ' "$1"; date +%s.%N`, args: [String(Date.now())] }),
  parse: ({ stdout }) => {
    const at = Date.now()
    const text = stdout.toString()
    // `1795373473000 1795373473.012345678`; busybox's date has no nanoseconds: whole seconds are half a second off on average.
    const [, asked, seconds, fraction] = /^(\d+) (\d+)\.(\d{9}|N|%N)?\n$/.exec(text) ?? []
    if (!asked || !seconds) throw new FactError(`date printed ${JSON.stringify(showSafely(text, 100))}`)
    const precise = /^\d/.test(fraction ?? '')
    const host = Number(seconds) * 1000 + (precise ? Math.floor(Number(fraction) / 1e6) : 500)
    const uncertaintyMs = Math.max(0, at - Number(asked)) / 2 + (precise ? 0 : 500)
    return [{ offsetMs: Math.round(host - (Number(asked) + at) / 2), uncertaintyMs, at }]
  },
})

/** How far the host's clock is from this machine's, by one exchange as in NTP (RFC 5905, section 8). */
export const clock = kind(null)
