import { $, type ProcessOutput } from 'zx'
import { LabError } from '../error.ts'
import { systemEnvironment } from './path.ts'

/** How a program ended. `code` is undefined when a signal ended it. */
export interface Ended {
  readonly code: number | undefined
  readonly signal: NodeJS.Signals | undefined
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** Given to the program's stdin; without it stdin is /dev/null. */
  readonly input?: string | Buffer
  readonly env?: NodeJS.ProcessEnv
}

/** Runs a program to its end, whatever its exit code. Arguments reach it as they are. */
export async function attempt(argv: readonly string[], { input, env }: RunOptions = {}): Promise<Ended> {
  const shell = $({
    quiet: true,
    nothrow: true,
    env: systemEnvironment(env),
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(input === undefined ? {} : { input }),
  })
  const output: ProcessOutput = await shell`${argv}`
  return {
    code: output.exitCode ?? undefined,
    signal: output.signal ?? undefined,
    stdout: output.stdout,
    stderr: output.stderr,
  }
}

/** Runs a program that has to succeed and returns its stdout. Throws `LabError` with its stderr on anything but 0. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<string> {
  const ended = await attempt(argv, options)
  if (ended.code === 0) return ended.stdout
  const how = ended.code === undefined ? `signal ${ended.signal ?? 'unknown'}` : `exit code ${ended.code}`
  throw new LabError(`${argv.join(' ')}: ${how}\n${(ended.stderr || ended.stdout).trim()}`)
}
