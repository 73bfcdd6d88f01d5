import type { Output } from '../command.ts'
import { FactError } from '../errors.ts'
import { showSafely } from '../secret.ts'
import { type Lease, parseLease } from './lease.ts'

/** What a script of this room answers. */
export interface Answer {
  readonly word: string
  readonly counter: number
  /** Seconds for which the lease still counts, at most. */
  readonly left: number
  /** The host's clock, in seconds since 1970. */
  readonly now: number
  readonly directory: string
  /** Undefined: there is none, or it cannot be read. */
  readonly lease: Lease | undefined
}

const words = (output: Output): string =>
  showSafely(output.stderr.toString().trim().split('\n').slice(-3).join('; '), 300)

/** Throws FactError for a script that failed, and for what is no answer. */
export const parseAnswer = (output: Output): Answer => {
  if (output.code !== 0) throw new FactError(words(output) || `the script for leases left with ${output.code}`)
  const text = output.stdout.toString()
  const [first = '', directory = '', ...rest] = text.split('\n')
  const [, word, counter, left, now] = /^([a-z]+) (\d{1,15}) (\d{1,12}) (\d{1,12})$/.exec(first) ?? []
  if (!word || !counter || !left || !now || !directory.startsWith('/'))
    throw new FactError(`the answer of the script for leases makes no sense: ${JSON.stringify(showSafely(text, 100))}`)
  return {
    word,
    counter: Number(counter),
    left: Number(left),
    now: Number(now),
    directory,
    lease: parseLease(rest.join('\n')),
  }
}
