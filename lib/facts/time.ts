import { z } from 'zod'
import { sh } from '../command.ts'
import { hostFact } from './host-fact.ts'

const schema = z.strictObject({
  /** By the host's own clock, in whole seconds, UTC: `2026-11-22T22:06:00Z`. How far that is off, `clock` tells. */
  now: z.string(),
  /** `Europe/Berlin`; undefined where the host does not name it. */
  zone: z.string().optional(),
  /** Minutes east of Greenwich, now. */
  offsetMinutes: z
    .number()
    .int()
    .min(-24 * 60)
    .max(24 * 60),
  uptimeSeconds: z.number().int().min(0),
})

const iso = (seconds: string | undefined): string | undefined => {
  const date = new Date(Number(seconds) * 1000)
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString().replace('.000Z', 'Z')
}

/**
 * The host's time of day, time zone and uptime. Sources: localtime(5),
 * https://www.freedesktop.org/software/systemd/man/latest/localtime.html; proc_uptime(5)
 */
export const time = hostFact({
  kind: 'time',
  script: sh`
    date '+%s %z'
    read -r uptime idle </proc/uptime
    echo "$uptime"
    readlink -f /etc/localtime 2>/dev/null || echo
    cat /etc/timezone 2>/dev/null || :`,
  schema,
  stable: ({ zone }) => ({ zone }),
  read: text => {
    const [first = '', uptime = '', link = '', named = ''] = text.split('\n')
    const [, seconds, sign, hours, minutes] = /^(\d{1,12}) ([+-])(\d\d)(\d\d)$/.exec(first) ?? []
    const offset = Number(hours) * 60 + Number(minutes)
    return {
      now: iso(seconds),
      zone: /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(link)?.[1] ?? (named.trim() || undefined),
      offsetMinutes: sign === '-' && offset !== 0 ? -offset : offset,
      uptimeSeconds: /^\d+(\.\d+)?$/.test(uptime) ? Math.floor(Number(uptime)) : undefined,
    }
  },
})
