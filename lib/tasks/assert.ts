import { z } from 'zod'
import type { Facts } from '../dsl/facts.ts'
import { defineTask } from '../dsl/task.ts'
import { Refusal } from '../errors.ts'

/** True: it holds. A text says what is wrong, with the values that were found. */
export type Verdict = true | string

const params = z.strictObject({
  that: z
    .custom<(facts: Facts) => Promise<Verdict>>(value => typeof value === 'function', 'must be a function')
    .describe('Looks at facts, and says true or what is wrong'),
  refusal: z.string().min(1).describe('What cannot be done while it does not hold'),
  hint: z.string().optional().describe('What to do about it'),
})

/** A precondition that stops the play on a host before anything is changed by the tasks behind it. Never a change. */
export const assert = defineTask({
  name: 'assert',
  params,
  title: p => `assert: ${p.refusal}`,
  async plan({ that, refusal, hint }, facts) {
    const verdict: unknown = await that(facts)
    if (verdict === true) return []
    // Whatever else comes back, `undefined` of a forgotten return first of all, is not a yes.
    const why = typeof verdict === 'string' && verdict !== '' ? verdict : `the assertion gave ${String(verdict)}`
    throw new Refusal(`${refusal}: ${why}`, hint === undefined ? {} : { hint })
  },
})
