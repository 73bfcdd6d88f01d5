import type { ErrorReport, TaskReport } from '../event.ts'
import { diffLines } from './diff-lines.ts'
import { failureLines } from './failure-lines.ts'
import type { Ended, HostRun, Outline, PlayRun, TaskRun } from './outline.ts'
import { painter } from './paint.ts'
import { inShort } from './recap.ts'
import { rollingText } from './rolling-text.ts'
import { type Mode, wordOf } from './words.ts'

/** A task as a test: what it came to, with what there is to read about it. */
export interface Case {
  readonly name: string
  readonly ms: number
  readonly verdict: 'passed' | 'failure' | 'error' | 'skipped'
  /** The word of the terminal's row. */
  readonly type?: string
  readonly message?: string
  readonly text?: string
  readonly output?: string
}

export interface Suite {
  /** Empty: the run as a whole. */
  readonly host: string
  readonly play: string
  readonly startMs: number
  readonly cases: readonly Case[]
}

const plain = painter(false)

const troubled = (error: ErrorReport, task?: TaskReport) => ({
  message: inShort(error),
  text: failureLines(error, task, 2, plain).join('\n'),
})

const verdictOf = ({ outcome, ignored }: Ended, mode: Mode): Case['verdict'] => {
  if (ignored || outcome === 'ok' || outcome === 'changed') return 'passed'
  if (outcome === 'failed') return 'failure'
  // What planning cannot foresee is no error; what a run did not see is one.
  return outcome === 'skipped' || (outcome === 'unknown' && mode === 'check') ? 'skipped' : 'error'
}

const outputOf = ({ ended, output, outputLost }: TaskRun, mode: Mode): string => {
  const changes = (ended?.changes ?? []).flatMap(change => [
    `${mode === 'check' ? 'would ' : ''}${change.summary}`,
    ...diffLines(change, 2, plain).map(line => `  ${line}`),
  ])
  const ignored =
    ended?.ignored && ended.error
      ? [ended.rescued ? 'failed, and rescued:' : 'failed, and ignored:', ...failureLines(ended.error, ended, 2, plain)]
      : []
  const tries = ended?.attempts === undefined ? [] : [`${ended.attempts} attempts`]
  const cut = outputLost > 0 ? [`(without the first ${outputLost} characters)`] : []
  return [...changes, ...tries, ...ignored, ...cut, ...(output ? [output] : [])].join('\n')
}

const caseOf = (task: TaskRun, mode: Mode): Case => {
  const { about, ended, startMs, endMs } = task
  const name = about.handler ? `${about.title} (handler)` : about.title
  const output = outputOf(task, mode)
  if (!ended)
    return { name, ms: endMs - startMs, verdict: 'error', type: 'unknown', message: 'nobody saw it end', output }
  const { outcome, error, reason, durationMs, action, ignored } = ended
  const verdict = verdictOf(ended, mode)
  const type = wordOf(outcome, mode, { kind: error?.kind, action, ignored: ignored ?? false })
  const why = error && !ignored ? troubled(error, ended) : { message: reason ?? 'no reason given' }
  return { name, ms: durationMs, verdict, output, ...(verdict !== 'passed' && { type, ...why }) }
}

/** Tasks of a host that the run never came to. Each is counted, or a run that was cut off would look complete. */
const neverBegun = ({ planned, tasks, unreachable }: HostRun): readonly Case[] => {
  const message = unreachable ? 'the host could not be reached' : 'the run did not come to it'
  return planned.flatMap((name, index) =>
    tasks.some(({ about }) => about.index === index)
      ? []
      : [{ name, ms: 0, verdict: 'skipped' as const, type: 'skipped', message }],
  )
}

const hostCases = (host: HostRun, mode: Mode): readonly Case[] => {
  const { unreachable, rolling, tasks } = host
  const connection: Case | undefined = unreachable && {
    name: 'connection',
    ms: 0,
    verdict: 'error',
    type: 'unreachable',
    ...troubled(unreachable.error),
  }
  const node: Case | undefined = rolling && {
    name: 'rolling order',
    ms: 0,
    ...(rolling.state === 'failed'
      ? { verdict: 'failure', type: 'failed', message: rollingText(rolling) }
      : { verdict: 'passed', output: rollingText(rolling) }),
  }
  return [
    ...(connection ? [connection] : []),
    ...tasks.map(task => caseOf(task, mode)),
    ...neverBegun(host),
    ...(node ? [node] : []),
  ]
}

/** Two tests of one name would be taken for one. */
const distinct = (cases: readonly Case[]): readonly Case[] => {
  const seen = new Map<string, number>()
  return cases.map(one => {
    const n = (seen.get(one.name) ?? 0) + 1
    seen.set(one.name, n)
    return n === 1 ? one : { ...one, name: `${one.name} [${n}]` }
  })
}

const playSuites = ({ play, startMs, hosts }: PlayRun, mode: Mode): readonly Suite[] =>
  [...hosts.values()].map(host => ({ host: host.host, play, startMs, cases: distinct(hostCases(host, mode)) }))

/** What belongs to no play: a run that was cut off, problems before the first change, lost leases, owed handlers. */
const runCases = ({ summary, preflight, unreachable, leasesLost, owed, refused }: Outline): readonly Case[] => {
  const error = (name: string, type: string, message: string, text?: string): Case => ({
    name,
    ms: 0,
    verdict: 'error',
    type,
    message,
    ...(text && { text }),
  })
  return [
    ...(summary ? [] : [error('end of the run', 'unknown', 'the record ends before the run did')]),
    ...refused.map(e => ({ ...error('the run', 'refused', ''), ...troubled(e) })),
    ...preflight.map(({ host, message, hint }) => error(`preflight of ${host}`, 'preflight', message, hint)),
    ...unreachable.map(({ host, error: e }) => ({
      ...error(`connection to ${host}`, 'unreachable', ''),
      ...troubled(e),
    })),
    ...leasesLost.map(host => error(`lease of ${host}`, 'lease', 'another run may work on this host')),
    ...owed.map(({ title, hosts }) =>
      error(`${title} (handler)`, 'owed', `notified on ${hosts.join(', ')}, and it has not run`),
    ),
  ]
}

export const suitesOf = (run: Outline): readonly Suite[] => {
  const mode = run.run?.mode ?? 'apply'
  const whole = distinct(runCases(run))
  const plays = run.plays.flatMap(play => playSuites(play, mode))
  return [
    ...(whole.length > 0 ? [{ host: '', play: run.run?.playbook ?? 'run', startMs: run.startMs, cases: whole }] : []),
    ...plays,
  ]
}
