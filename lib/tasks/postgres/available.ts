import { Unknown } from '../../dsl/facts.ts'
import { isUnavailable, type Unavailable } from '../../facts/postgres/query.ts'

/** The answer of PostgreSQL, or Unknown where it could not be had. */
export const available = <A>(answer: A | Unavailable, what: string): A => {
  if (isUnavailable(answer)) throw new Unknown(what, `PostgreSQL answers (${answer.unavailable})`)
  return answer
}
