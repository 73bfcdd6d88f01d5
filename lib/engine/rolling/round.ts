import type { Facts } from '../../dsl/facts.ts'
import type { Check } from '../../dsl/gate.ts'
import { ConnectionError } from '../../errors.ts'
import type { HostState } from '../host-state.ts'
import type { Clock } from './clock.ts'

/** What one look at all checks of a node gave. */
export interface Round {
  readonly startedMs: number
  readonly endedMs: number
  /** The first check that does not hold, and why. Undefined: all hold. */
  readonly no: string | undefined
  /** See Check.mark, in the order of the checks. */
  readonly marks: readonly (string | number | undefined)[]
  /** The node itself cannot be talked to any more. */
  readonly unreachable: ConnectionError | undefined
  /** Nobody waited for the answer any longer. */
  readonly late?: true
}

/** Asks all checks of a node once, at the same time. Resolves in any case. */
export type Ask = (untilMs: number) => Promise<Round>

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const one = async (
  check: Check,
  facts: Facts,
): Promise<Pick<Round, 'no' | 'unreachable'> & { mark?: string | number }> => {
  try {
    const [answer, mark] = await Promise.all([check.ask(facts), check.mark?.(facts)])
    const no = answer === true ? undefined : `${check.about}: ${answer || 'no'}`
    return { no, unreachable: undefined, ...(mark !== undefined && { mark }) }
  } catch (error) {
    const gone = error instanceof ConnectionError && error.host === facts.host
    return { no: `${check.about}: ${messageOf(error)}`, unreachable: gone ? error : undefined }
  }
}

/**
 * Rounds of these checks, as this user. Nothing that was read before counts: each round forgets it. A round that is still
 * under way at its deadline is a no.
 */
export const asking =
  (state: HostState, as: string | undefined, checks: readonly Check[], clock: Clock): Ask =>
  async untilMs => {
    const startedMs = clock.now()
    state.forget()
    const { facts } = state.view(as, 'observed')
    const timer = new AbortController()
    const late = clock.sleep(Math.max(0, untilMs - startedMs), timer.signal).then(() => undefined)
    const answers = await Promise.race([Promise.all(checks.map(check => one(check, facts))), late])
    timer.abort()
    const endedMs = clock.now()
    if (!answers) return { startedMs, endedMs, no: 'no answer in time', marks: [], unreachable: undefined, late: true }
    return {
      startedMs,
      endedMs,
      no: answers.find(a => a.no !== undefined)?.no,
      marks: answers.map(a => a.mark),
      unreachable: answers.find(a => a.unreachable)?.unreachable,
    }
  }
