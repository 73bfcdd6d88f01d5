import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { BatonError, type Problem } from '../errors.ts'
import type { Recorded } from '../event.ts'
import { again } from './gate.ts'
import { codeQuality } from './gitlab.ts'
import { junit } from './junit.ts'
import { markdown } from './markdown.ts'
import { replaceFile } from './replace-file.ts'
import { lastRun } from './runs.ts'
import { checkoutOf } from './source-path.ts'

/** Files that views of a run are written to; relative to the working directory. */
export interface ViewPaths {
  /** JUnit XML. */
  readonly junit?: string | undefined
  /** One HTML file. */
  readonly report?: string | undefined
  /** GitLab's code quality, JSON. */
  readonly codeQuality?: string | undefined
  /** Markdown. */
  readonly summary?: string | undefined
}

export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  cwd(): string
}

/** What a comment of GitHub takes; GitLab takes more. */
const MOST_MARKDOWN = 65_536

const options: Readonly<Record<keyof ViewPaths, string>> = {
  junit: '--junit',
  report: '--report',
  codeQuality: '--code-quality',
  summary: '--summary',
}

const given = (paths: ViewPaths): readonly (readonly [keyof ViewPaths, string])[] =>
  (Object.keys(options) as (keyof ViewPaths)[]).flatMap(view => {
    const path = paths[view]
    return path === undefined ? [] : [[view, path] as const]
  })

const problemOf = async (path: string): Promise<string | undefined> => {
  const folder = dirname(path)
  const about = await stat(folder).catch(() => undefined)
  if (!about?.isDirectory()) return `there is no folder ${folder}`
  if ((await stat(path).catch(() => undefined))?.isDirectory()) return `${path} is a folder`
  return await access(folder, constants.W_OK).then(
    () => undefined,
    () => `nothing can be written in ${folder}`,
  )
}

/** What is wrong with these paths. Asked before a run: afterwards it would be too late. */
export const checkViewPaths = async (
  paths: ViewPaths,
  { cwd }: Pick<Surroundings, 'cwd'>,
): Promise<readonly Problem[]> => {
  const problems: Problem[] = []
  const taken = new Map<string, string>()
  for (const [view, path] of given(paths)) {
    const file = resolve(cwd(), path)
    const other = taken.get(file)
    const message = other ? `${other} is to write the same file` : await problemOf(file)
    if (message) problems.push({ message: `${options[view]} ${path}: ${message}` })
    taken.set(file, options[view])
  }
  return problems
}

/**
 * Writes the views of the last run that are asked for, all that can be. Throws a BatonError that names those that cannot: the run itself went as
 * its exit code says.
 */
export const writeViews = async (
  records: readonly Recorded[],
  paths: ViewPaths,
  { env, cwd }: Surroundings,
): Promise<void> => {
  const run = lastRun(records)
  const views: Readonly<Record<keyof ViewPaths, () => string | Promise<string>>> = {
    junit: () => junit(run),
    // It brings a page along, which a run without a report does not load.
    report: async () => (await import('./html/html.ts')).html(run),
    codeQuality: () => codeQuality(run, checkoutOf(env, cwd())),
    summary: () => {
      const shown = run.map(({ time, event }) => ({ time, event: again(event, 'terminal') }))
      return markdown(shown, { limit: MOST_MARKDOWN })
    },
  }
  const failures: string[] = []
  for (const [view, path] of given(paths)) {
    try {
      await replaceFile(resolve(cwd(), path), await views[view]())
    } catch (error) {
      failures.push(`${options[view]} ${path}: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
  if (failures.length > 0) throw new BatonError(`views of the run cannot be written:\n${failures.join('\n')}`)
}
