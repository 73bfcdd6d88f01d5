import { createHash } from 'node:crypto'
import type { Recorded } from '../event.ts'
import { type Annotation, annotationsOf, grouped, titleOf } from './annotation.ts'
import { sourcePath } from './source-path.ts'
import type { Mode } from './words.ts'

/** What a code quality report of GitLab has: https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format */
interface Issue {
  readonly description: string
  readonly check_name: string
  readonly fingerprint: string
  readonly severity: 'info' | 'minor' | 'major' | 'critical' | 'blocker'
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } }
}

/** Longer ones are of no use in the list of a merge request. */
const MOST_DESCRIPTION = 1000

const severities: Readonly<Record<Annotation['level'], Issue['severity']>> = {
  error: 'critical',
  warning: 'minor',
  notice: 'info',
}

/** Where no line of the playbook is to blame: GitLab shows nothing that has no path. */
const NOWHERE = '.'

const allOf = (records: readonly Recorded[]): readonly Annotation[] => {
  let mode: Mode = 'apply'
  let play: string | undefined
  return records.flatMap(({ event }) => {
    if (event.type === 'run') mode = event.mode
    if (event.type === 'play') play = event.state === 'started' ? event.play : undefined
    return annotationsOf(event, mode, play === undefined ? undefined : { name: play })
  })
}

/**
 * The failures of a run as GitLab's code quality report, so that they stand in a merge request at the task's line. The same
 * failure has the same fingerprint in the next run, whatever the host says of it. `checkout`: folder that paths are relative to.
 */
export const codeQuality = (records: readonly Recorded[], checkout: string): string => {
  const seen = new Map<string, number>()
  const issues = grouped(allOf(records).filter(({ level }) => level !== 'notice')).map((found): Issue => {
    const { at, kind, play, what, hosts, message, level } = found
    const path = (at && sourcePath(at, checkout)) ?? NOWHERE
    const same = JSON.stringify([kind, play, what, hosts, path])
    const n = (seen.get(same) ?? 0) + 1
    seen.set(same, n)
    return {
      description: `${titleOf(found)}: ${message}`.slice(0, MOST_DESCRIPTION),
      check_name: `baton/${kind}`,
      fingerprint: createHash('sha256').update(`${same}${n}`).digest('hex'),
      severity: severities[level],
      location: { path, lines: { begin: path === NOWHERE ? 1 : (at?.line ?? 1) } },
    }
  })
  return `${JSON.stringify(issues, undefined, 2)}\n`
}
