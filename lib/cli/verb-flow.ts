import { EXIT, UsageError } from '../errors.ts'
import { Cancelled } from './ask-hidden.ts'
import { crashed } from './crashed.ts'
import { showProblems } from './show-problems.ts'
import { wantsColor } from './style.ts'
import type { Terminal } from './terminal.ts'

/** Runs a verb. What is wrong with its arguments or with the inventory is said on stderr: exit code 1. */
export const verbFlow = async (terminal: Terminal, work: () => Promise<number>): Promise<number> => {
  const { stderr, env } = terminal
  try {
    return await work()
  } catch (error) {
    if (error instanceof Cancelled) return EXIT.interrupted
    if (!(error instanceof UsageError)) return crashed(error, stderr, EXIT.usage)
    const color = wantsColor(env, Boolean(stderr.isTTY))
    stderr.write(await showProblems(error.problems, { cwd: terminal.cwd(), color }))
    return EXIT.usage
  }
}
