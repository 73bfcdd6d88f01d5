import { EXIT, UsageError } from '../errors.ts'
import { readJournal } from '../journal/read.ts'
import type { PlanMaker } from '../plan/make.ts'
import { checkViewPaths, writeViews } from '../report/views.ts'
import { crashed } from './crashed.ts'
import type { Options } from './options.ts'
import { planProblems, savePlan } from './plan-files.ts'
import type { Given } from './start.ts'
import type { Terminal } from './terminal.ts'

/** Throws UsageError for what could not be written afterwards: it is known before the run. */
export const checkAfterwards = async (options: Options, terminal: Terminal): Promise<void> => {
  const problems = [...(await checkViewPaths(options, terminal)), ...(await planProblems(options, terminal.cwd()))]
  if (problems.length > 0) throw new UsageError(problems)
}

/**
 * What is made of a run that is over. The run went as its exit code says; a file that cannot be written is said, and makes a
 * success no success, for who asked for it will look for it.
 */
export const afterwards = async (
  given: Given,
  file: string,
  maker: PlanMaker | undefined,
  exitCode: number,
  terminal: Terminal,
): Promise<number> => {
  const { options } = given
  const { stderr } = terminal
  try {
    const records = await readJournal(file)
    await writeViews(records, options, terminal)
    if (maker && (exitCode === EXIT.done || exitCode === EXIT.changesPending))
      await savePlan(maker, given, records, terminal)
    else if (maker) stderr.write(`No plan was saved: ${options.plan} is written only by a check that went well.\n`)
    return exitCode
  } catch (error) {
    return crashed(error, stderr, exitCode === EXIT.done ? EXIT.failed : exitCode)
  }
}
