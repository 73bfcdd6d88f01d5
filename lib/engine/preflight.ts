import { z } from 'zod'
import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { defineFact } from '../facts/fact.ts'

/** What the scripts of facts and changes are made of. POSIX, or of coreutils and busybox alike. */
const programs = [
  'cat',
  'cut',
  'date',
  'head',
  'ls',
  'mkdir',
  'mktemp',
  'mv',
  'rm',
  'sha256sum',
  'stat',
  'tee',
  'tr',
  'wc',
]

/** Seconds that the clocks of host and controller may differ: beyond it, TLS, tokens and logs are in doubt. */
const MOST_SKEW_SECONDS = 300
/** KiB that must be free where files are written. */
const LEAST_KIB = 1024

const folders = ['/', '/tmp', '/var']

/** What a host is like before anything is changed on it. */
export interface Readiness {
  readonly clockSeconds: number
  /** Seconds since the host was started. Undefined: it cannot tell. */
  readonly uptimeSeconds?: number
  /** When the answer was read, by the controller's clock. */
  readonly readAtSeconds: number
  readonly missing: readonly string[]
  readonly free: readonly { readonly folder: string; readonly kib: number }[]
}

const answer = z.object({
  uptime: z.string().regex(/^(\d{1,12}(\.\d+)?)?$/),
  clock: z.string().regex(/^\d{1,12}$/),
  missing: z.string(),
  /** Without a number where df could not tell: no such folder, a mount whose server does not answer. */
  free: z.array(z.tuple([z.string(), z.string().regex(/^\d{1,15}$/)]).or(z.tuple([z.string()]))),
})

/**
 * `df -P`: a header, then `device blocks used available capacity mount`, of which the fourth is wanted. An image that is
 * mounted read-only has no room by design (composefs, squashfs): the last line for a folder in /proc/mounts is the one that counts.
 */
const script = sh`
  echo "clock $(date +%s)"
  uptime=; [ ! -r /proc/uptime ] || read -r uptime rest </proc/uptime
  echo "uptime $uptime"
  missing=
  for program in $1; do command -v "$program" >/dev/null || missing="$missing $program"; done
  echo "missing$missing"
  shift
  for folder; do
    options=
    while read -r device at type words rest; do [ "$at" != "$folder" ] || options=$words; done 2>/dev/null </proc/mounts
    case ,$options, in *,ro,*) continue ;; esac
    df -Pk -- "$folder" 2>/dev/null | { IFS= read -r header; read -r device blocks used free rest; echo "free $folder $free"; }
  done`

export const readiness = defineFact<'host', Readiness>({
  kind: 'readiness',
  id: () => 'of the host',
  volatile: true,
  ask: () => ({ script, args: [programs.join(' '), ...folders] }),
  parse({ stdout, code, endedAtMs = Date.now() }) {
    const lines = stdout.toString().split('\n')
    const rest = (word: string) => lines.filter(l => l.startsWith(word)).map(l => l.slice(word.length).trim())
    const parsed = answer.safeParse({
      clock: rest('clock')[0],
      uptime: rest('uptime')[0],
      missing: rest('missing')[0],
      free: rest('free').map(l => l.split(' ')),
    })
    if (code !== 0 || !parsed.success) throw new FactError('the host does not say what it is like')
    const { clock, uptime, missing, free } = parsed.data
    return [
      {
        clockSeconds: Number(clock),
        ...(uptime && { uptimeSeconds: Number(uptime) }),
        readAtSeconds: endedAtMs / 1000,
        missing: missing.split(' ').filter(Boolean),
        free: free.flatMap(([folder, kib]) => (kib === undefined ? [] : [{ folder, kib: Number(kib) }])),
      },
    ]
  },
})('host')

export interface HostProblem {
  readonly host: string
  readonly message: string
  readonly hint?: string
}

/** Why nothing should be changed on this host. */
export const problemsOf = (host: string, { clockSeconds, readAtSeconds, missing, free }: Readiness): HostProblem[] => {
  const skew = Math.round(clockSeconds - readAtSeconds)
  const full = free.filter(({ kib }) => kib < LEAST_KIB)
  return [
    ...(Math.abs(skew) > MOST_SKEW_SECONDS
      ? [
          {
            host,
            message: `its clock is ${Math.abs(skew)} s ${skew > 0 ? 'ahead of' : 'behind'} this machine's`,
            hint: 'Correct the one that is wrong (timedatectl).',
          },
        ]
      : []),
    ...(missing.length > 0
      ? [{ host, message: `it lacks ${missing.join(', ')}`, hint: 'They are part of coreutils, and of busybox.' }]
      : []),
    ...(full.length > 0
      ? [
          {
            host,
            message: `no space is left on ${full.map(f => `${f.folder} (${f.kib} KiB)`).join(', ')}`,
            hint: 'Make room: df -h, journalctl --vacuum-size.',
          },
        ]
      : []),
  ]
}
