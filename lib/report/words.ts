import { relative, resolve } from 'node:path'
import { EXIT, type SourceLocation, showLocation } from '../errors.ts'
import type { Counts, ErrorReport, Outcome } from '../event.ts'
import type { Style } from './paint.ts'

export type Mode = 'apply' | 'check'

/** What a task came to, as it is shown. A guard's no is a failure with a name of its own, and so is one that stops nothing. */
export type Word = Outcome | 'refused' | 'ignored' | 'rescued' | 'would change' | 'would run'

export const wordOf = (
  outcome: Outcome,
  mode: Mode,
  {
    kind,
    action = false,
    ignored = false,
    rescued = false,
  }: {
    readonly kind?: ErrorReport['kind'] | undefined
    readonly action?: boolean
    readonly ignored?: boolean
    readonly rescued?: boolean
  } = {},
): Word => {
  if (rescued) return 'rescued'
  if (ignored) return 'ignored'
  if (outcome === 'changed') return mode === 'apply' ? 'changed' : action ? 'would run' : 'would change'
  return kind === 'refused' ? 'refused' : outcome
}

export const styleOf: Record<Word, Style> = {
  ok: 'green',
  changed: 'yellow',
  'would change': 'yellow',
  'would run': 'yellow',
  skipped: 'gray',
  failed: 'red',
  refused: 'red',
  ignored: 'yellow',
  rescued: 'yellow',
  unreachable: 'red',
  unknown: 'magenta',
}

export const outcomes = ['ok', 'changed', 'failed', 'skipped', 'unreachable', 'unknown'] as const satisfies Outcome[]

/** One more of what a task came to. */
export const counted = (counts: Counts, what: keyof Counts): Counts => ({ ...counts, [what]: (counts[what] ?? 0) + 1 })

export const noCounts: Counts = { ok: 0, changed: 0, failed: 0, skipped: 0, unreachable: 0, unknown: 0 }

/** `12 ok, 1 would change`; `nothing to do` when all are 0. */
export const showCounts = (counts: Counts, mode: Mode): string =>
  [
    ...outcomes.filter(outcome => counts[outcome] > 0).map(outcome => `${counts[outcome]} ${wordOf(outcome, mode)}`),
    ...(counts.ignored ? [`${counts.ignored} ignored`] : []),
  ].join(', ') || 'nothing to do'

/** `0.4 s`, `2 min 05 s`, `1 h 02 min`. */
export const showDuration = (ms: number): string => {
  const two = (n: number) => String(n).padStart(2, '0')
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`
  const seconds = Math.round(ms / 1000)
  const minutes = Math.floor(seconds / 60)
  return seconds < 3600
    ? `${minutes} min ${two(seconds % 60)} s`
    : `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`
}

/** `path:line:column`, relative where the file lies below the working directory, so that a terminal can open it. */
export const showPlace = (at: SourceLocation): string => {
  const near = relative(process.cwd(), resolve(at.file))
  return showLocation(near.startsWith('..') ? at : { ...at, file: near })
}

const exits: Readonly<Record<number, string>> = {
  [EXIT.usage]: 'wrong arguments, inventory or playbook',
  [EXIT.failed]: 'a task failed',
  [EXIT.changesPending]: 'there are changes, and none were expected',
  [EXIT.unreachable]: 'a host was unreachable, or its state is unknown',
  [EXIT.refused]: 'refused by a guard',
  [EXIT.interrupted]: 'interrupted',
}

export const showExit = (code: number, total: Counts, mode: Mode): string => {
  if (code !== EXIT.done) return `${exits[code] ?? 'ended'} (exit code ${code})`
  if (mode === 'apply') return total.changed > 0 ? `done, ${total.changed} changed` : 'done, nothing changed'
  const open = [total.changed > 0 && `${total.changed} would change`, total.unknown > 0 && `${total.unknown} unknown`]
  return `checked, ${open.filter(Boolean).join(', ') || 'nothing would change'}; nothing was written`
}

/** Hosts named one by one up to this many; of more, the first and their number. */
const FEW = 6

export const showHosts = (hosts: readonly string[]): string =>
  hosts.length > FEW ? `${hosts.length} hosts: ${hosts.slice(0, 3).join(', ')} ...` : hosts.join(', ') || 'no hosts'
