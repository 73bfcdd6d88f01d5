import type { Connection } from '../connection/connection.ts'
import { FactReader } from '../engine/fact-reader.ts'
import { reportError } from '../engine/report-error.ts'
import type { ErrorReport } from '../event.ts'
import { maskSecrets } from '../secret.ts'
import { hostFacts } from './host-facts.ts'

/** What a host told of itself. Masked. */
export interface Told {
  readonly host: string
  /** By name, in order. */
  readonly facts: Readonly<Record<string, unknown>>
  /** Why a fact could not be read, by its name. */
  readonly errors: Readonly<Record<string, string>>
  /** The host could not be asked. */
  readonly unreachable?: ErrorReport
}

/** Value by value: in the text of YAML or JSON, a secret with a quotation mark in it would have another form. */
const masked = (told: Told): Told =>
  JSON.parse(JSON.stringify(told), (_, one: unknown) => (typeof one === 'string' ? maskSecrets(one) : one)) as Told

/** Reads these facts of a host, in one round trip. Never throws. */
export const factsOf = async (
  host: string,
  connect: () => Promise<Connection>,
  names: readonly string[],
  as: string | undefined,
): Promise<Told> => {
  let connection: Connection
  try {
    connection = await connect()
  } catch (error) {
    return masked({ host, facts: {}, errors: {}, unreachable: reportError(error) })
  }
  try {
    const reader = new FactReader(async () => connection, as)
    const answers = await Promise.allSettled(names.map(name => reader.read(hostFacts[name]!)))
    const facts: Record<string, unknown> = {}
    const errors: Record<string, string> = {}
    let unreachable: ErrorReport | undefined
    for (const [i, answer] of answers.entries()) {
      const name = names[i]!
      if (answer.status === 'fulfilled') facts[name] = answer.value
      else {
        const report = reportError(answer.reason)
        if (report.connection !== undefined) unreachable ??= report
        errors[name] = report.message
      }
    }
    return masked({ host, facts, errors: unreachable ? {} : errors, ...(unreachable && { unreachable }) })
  } finally {
    await connection.close().catch(() => {})
  }
}
