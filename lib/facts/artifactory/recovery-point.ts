import { z } from 'zod'
import { sh } from '../../command.ts'
import { FactError } from '../../errors.ts'
import { defineFact } from '../fact.ts'

const count = z.number().int().nonnegative()
const time = z.iso.datetime()

const schema = z.strictObject({
  format: z.literal(1),
  /**
   * `verified`: every binary that the standby's database knows is in its filestore. `advancing`: the database is moving, or
   * the job died while it did. `incomplete`: `missing` names what the filestore lacks. `between`: the database stands
   * elsewhere than at `position`. `following`: it has no limit. `note` says more of these two.
   */
  state: z.enum(['verified', 'advancing', 'incomplete', 'between', 'following']),
  note: z.string().optional(),
  updatedAt: time,
  systemIdentifier: z.string().regex(/^\d+$/),
  timeline: count,
  /** The database waits behind `lsn` and not behind `end`; a promotion ends there. `databaseTime`: the active's clock. */
  position: z.strictObject({ restorePoint: z.string(), lsn: z.string(), end: z.string(), databaseTime: time }),
  /** When the copy of the filestore began and ended, by the standby's clock. */
  pass: z.strictObject({ startedAt: time, endedAt: time }),
  counts: z
    .strictObject({
      binaries: count,
      referenced: count,
      bytes: count,
      missing: count,
      wrongLength: count,
      corrupt: count,
      hashed: count,
      missingUnreferenced: count,
      extra: count,
      extraBytes: count,
    })
    .nullable(),
  /** Repository and path of what is missing, 100 at most. */
  missing: z.array(z.string()),
  artifactoryVersion: z.string(),
})

/** What the synchronisation job published, and how long ago by the host's own clock. */
export type RecoveryPoint =
  | { readonly exists: false }
  | { readonly exists: true; readonly ageSeconds?: number; readonly point?: Partial<z.output<typeof schema>> }

/** The recovery point at a path. Source: templates/standby/prelude.ts writes it. */
export const recoveryPoint = defineFact<string, RecoveryPoint>({
  kind: 'recovery-point',
  id: path => path,
  ask: paths => ({
    script: sh`
      for p do
        if [ -e "$p" ]; then printf '%s %s\\n' "$(date +%s)" "$(tr -d '\\n' <"$p")"; else echo -; fi || exit 1
      done`,
    args: paths,
  }),
  parse: ({ code, stdout, stderr }, paths) => {
    if (code !== 0) throw new FactError(`cannot read a recovery point: ${stderr.toString().trim()}`)
    const lines = stdout.toString().split('\n')
    return paths.map((path, i) => {
      const line = lines[i] ?? ''
      if (line === '-') return { exists: false }
      const [, now, text] = /^(\d+) (.*)$/.exec(line) ?? []
      const point = schema.safeParse(json(text ?? ''))
      if (!point.success) throw new FactError(`${path} is no recovery point: ${z.prettifyError(point.error)}`)
      return { exists: true, ageSeconds: Number(now) - Date.parse(point.data.updatedAt) / 1000, point: point.data }
    })
  },
  // Another one is made at each synchronisation, and while it is there is none that is verified.
  stable: answer =>
    answer.exists ? { exists: true, systemIdentifier: answer.point?.systemIdentifier } : { exists: false },
  absent: answer => !answer.exists,
  show: answer =>
    answer.exists
      ? {
          state: answer.point?.state,
          position: answer.point?.position?.lsn,
          of: answer.point?.position?.databaseTime,
          binaries: answer.point?.counts?.binaries.toString(),
        }
      : {},
  keeps: (claimed, observed) =>
    claimed.exists === observed.exists &&
    (!claimed.exists ||
      (observed.exists &&
        observed.point?.state === (claimed.point?.state ?? observed.point?.state) &&
        observed.point?.systemIdentifier === (claimed.point?.systemIdentifier ?? observed.point?.systemIdentifier))),
})

const json = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
