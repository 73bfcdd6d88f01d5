import { z } from 'zod'
import { anything, change, claim } from '../changes/change.ts'
import {
  type Conditions,
  judgedBy,
  oneProgram,
  oneProgramMessage,
  type Program,
  programCommand,
  programShape,
  showProgram,
} from '../changes/run-program.ts'
import { type Script, sh } from '../command.ts'
import { defineTask } from '../dsl/task.ts'
import { path } from '../facts/path.ts'
import { type Probe, succeeds } from '../facts/succeeds.ts'
import type { Secret } from '../secret.ts'
import { absolutePath } from './params.ts'

interface Guards {
  /** The path that it makes. There already: nothing to do. */
  readonly creates?: string
  /** The path that it takes away. Not there: nothing to do. */
  readonly removes?: string
  /** A test that only looks, and succeeds once the command has done its work. */
  readonly unless?: Probe
}

/** At least one of them: a command that cannot tell whether it is needed is an action, `runCommand`. */
type SomeGuard = Guards &
  (Required<Pick<Guards, 'creates'>> | Required<Pick<Guards, 'removes'>> | Required<Pick<Guards, 'unless'>>)

type Input = Program &
  SomeGuard &
  Conditions & {
    readonly stdin?: string | Secret
    readonly directory?: string
    readonly timeoutSeconds?: number
  }

const schema = z
  .strictObject({
    ...programShape,
    creates: absolutePath.optional(),
    removes: absolutePath.optional(),
    unless: z
      .strictObject({ script: z.custom<Script>(v => typeof v === 'string'), args: z.array(z.string()).optional() })
      .optional(),
  })
  .refine(oneProgram, oneProgramMessage)
  .refine(p => p.creates ?? p.removes ?? p.unless, 'needs creates, removes or unless; without, use runCommand')

// The same as the schema says, and by type: one program, one guard.
const params = schema as unknown as z.ZodType<z.output<typeof schema>, Input>

/** What the guard promised is looked at on the host at once: a command that ends well without its work has failed. */
const promise = {
  script: sh`
    creates=$1 removes=$2
    if [ -n "$creates" ] && [ ! -e "$creates" ]; then echo "it ended well, but did not create $creates" >&2; exit 1; fi
    if [ -n "$removes" ] && [ -e "$removes" ]; then echo "it ended well, but did not remove $removes" >&2; exit 1; fi`,
}

/**
 * With failedWhen the code says nothing about whether it has done its work, so that this is read back instead, whatever the
 * code was.
 */
const exists = (wanted: string) => succeeds({ script: sh`[ -e "$1" ]`, args: [wanted] })

const probe = ({ script, args }: NonNullable<z.output<typeof schema>['unless']>): Probe =>
  args ? { script, args } : { script }

/**
 * A command that is run where its guard says so: `creates` a path that is absent, `removes` a path that is there, `unless`
 * a test succeeds; of several, all must say so. It may change anything, so that what comes after it is planned again.
 */
export const command = defineTask({
  name: 'command',
  opaque: true,
  params,
  title: p => `command ${showProgram(p)}`,
  async plan(p, facts) {
    const [created, removed, done] = await Promise.all([
      p.creates ? facts.get(path(p.creates)) : undefined,
      p.removes ? facts.get(path(p.removes)) : undefined,
      p.unless ? facts.get(succeeds(probe(p.unless))) : undefined,
    ])
    if ((created && created.type !== 'absent') || removed?.type === 'absent' || done?.succeeds) return []
    return [
      change({
        summary: `run ${showProgram(p)}`,
        command: p.failedWhen
          ? programCommand(p)
          : programCommand(p, { ...promise, args: [p.creates ?? '', p.removes ?? ''] }),
        makes: [
          ...(p.creates && p.failedWhen ? [claim(exists(p.creates), { succeeds: true })] : []),
          ...(p.removes ? [claim(path(p.removes), { type: 'absent' as const })] : []),
          ...(p.unless ? [claim(succeeds(probe(p.unless)), { succeeds: true })] : []),
        ],
        doubts: [anything(`what ${showProgram(p)} does`)],
        ...judgedBy(p),
      }),
    ]
  },
})
