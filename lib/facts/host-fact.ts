import type { z } from 'zod'
import type { Script } from '../command.ts'
import { FactError } from '../errors.ts'
import { showSafely } from '../secret.ts'
import { defineFact, type Fact, type Shown } from './fact.ts'

interface HostFact<S extends z.ZodType> {
  readonly kind: string
  /** Prints what `read` reads; an exit code other than 0 fails. */
  readonly script: Script
  /** Takes the printed text apart, without believing it: the schema decides. */
  read(text: string): unknown
  readonly schema: S
  /** See FactKind.stable. */
  stable?(answer: z.output<S>): unknown
  show?(answer: z.output<S>): Shown
}

/** A question about a host as a whole, which therefore has one answer. It is read in one process of `sh`. */
export const hostFact = <S extends z.ZodType>(definition: HostFact<S>): Fact<z.output<S>> => {
  const { kind, script, schema, stable, show } = definition
  return defineFact<null, z.output<S>>({
    kind,
    id: () => 'host',
    ask: () => ({ script, timeoutMs: 60_000 }),
    parse: ({ code, stdout, stderr }, questions) => {
      if (code !== 0)
        throw new FactError(
          `cannot tell the ${kind}: ${showSafely(stderr.toString().trim(), 300) || `exit code ${code}`}`,
        )
      const parsed = schema.safeParse(definition.read(stdout.toString()))
      if (parsed.success) return questions.map(() => parsed.data)
      const [issue] = parsed.error.issues
      const where = issue?.path.length ? ` (${issue.path.join('.')}: ${issue.message})` : ''
      throw new FactError(`cannot tell the ${kind}${where} from ${JSON.stringify(showSafely(stdout.toString(), 200))}`)
    },
    ...(stable && { stable }),
    ...(show && { show }),
  })(null)
}
