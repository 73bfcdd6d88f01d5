import { z } from 'zod'
import { anyOf, change, claim } from '../../changes/change.ts'
import { sh } from '../../command.ts'
import { defineTask } from '../../dsl/task.ts'
import { recoveryPoint as pointFact } from '../../facts/artifactory/recovery-point.ts'
import { lsn } from '../../facts/postgres/lsn.ts'
import { recovery } from '../../facts/postgres/recovery.ts'
import { unit } from '../../facts/unit.ts'
import { absolutePath } from '../params.ts'
import { available } from '../postgres/available.ts'

const params = z.strictObject({
  path: absolutePath,
  unit: z.string().describe('Of the synchronisation job'),
  log: absolutePath,
  port: z.number().int().default(5432),
  maxAgeSeconds: z.number().int().positive(),
  timeoutSeconds: z
    .number()
    .int()
    .default(7 * 86_400)
    .describe('For the whole synchronisation'),
})

/** `$1` unit, `$2` log. Waits for the end of the job and shows what it writes. A job that runs already is waited for. */
const run = sh`
  lines=$(wc -l 2>/dev/null <"$2") || lines=0
  systemctl start -- "$1" &
  job=$!
  tail -n "+$((lines + 1))" -F --pid="$job" -- "$2" 2>/dev/null
  wait "$job" && exit 0
  tail -n "+$((lines + 1))" -- "$2" | grep FAILED | tail -n 1 >&2
  journalctl -q -n 20 --no-pager -u "$1" >&2
  exit 1`

/** A recovery point is one only while the database stands at it. After a claim neither is known, and both were just made. */
const standsAt = (position: { lsn: string; end: string } | undefined, replayed: string | null | undefined): boolean => {
  if (!position || replayed === undefined) return true
  return replayed !== null && lsn(replayed) > lsn(position.lsn) && lsn(replayed) <= lsn(position.end)
}

/**
 * There is a verified recovery point of this very cluster, not older than `maxAgeSeconds`: the standby's filestore has every
 * file that its database refers to, and the last synchronisation did not fail. If there is none, the synchronisation job runs, as often as it takes for one.
 */
export const recoveryPoint = defineTask({
  name: 'recoveryPoint',
  params,
  moving: true,
  title: () => 'a verified recovery point',
  async plan(p, facts) {
    const fact = pointFact(p.path)
    const databaseFact = recovery({ port: p.port })
    const [now, answer, job] = await Promise.all([facts.get(fact), facts.get(databaseFact), facts.get(unit(p.unit))])
    const { systemIdentifier, held, replayed } = available(answer, "the standby's database")
    const failed = job.active === 'failed'
    const sound =
      !failed &&
      now.exists &&
      held &&
      now.point?.state === 'verified' &&
      now.point.systemIdentifier === systemIdentifier &&
      standsAt(now.point.position, replayed) &&
      (now.ageSeconds ?? 0) <= p.maxAgeSeconds
    if (sound) return []
    return [
      change({
        summary: `start ${p.unit}${failed ? ', which failed the last time,' : ''} and wait for its recovery point`,
        command: { script: run, args: [p.unit, p.log], timeoutMs: p.timeoutSeconds * 1000 },
        makes: [
          claim(fact, { exists: true, point: { state: 'verified', systemIdentifier } }),
          claim(unit(p.unit), { load: 'loaded', active: 'inactive', needsReload: false }, { verify: false }),
          claim(databaseFact, { inRecovery: true, bounded: true, held: true, systemIdentifier }),
        ],
        doubts: [anyOf('what the synchronisation copies', 'path', 'content', 'digest')],
      }),
    ]
  },
})
