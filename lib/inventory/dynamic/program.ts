import { type ChildProcess, spawn } from 'node:child_process'
import { resolve } from 'node:path'
import { endWithUs } from './end-with-us.ts'

const MOST_BYTES = 64 * 1024 * 1024
const MOST_STDERR = 16 * 1024

export type ProgramResult = { readonly stdout: string } | { readonly wrong: string }

/** The last lines of what a program said, on one line. */
const lastWords = (stderr: Buffer): string => {
  const lines = stderr
    .toString('utf8')
    .split(/\r\n|\r|\n/)
    .map(line => line.trim())
    .filter(Boolean)
  return lines.length ? `. It said: ${lines.slice(-5).join(' / ')}` : ''
}

/**
 * Runs a program of an inventory and gives back what it prints. It gets no stdin and the environment of this process. At the
 * deadline, and when it prints without end, it is killed with all that it started.
 */
export const runProgram = (
  file: string,
  args: readonly string[],
  { cwd, timeoutMs }: { readonly cwd: string; readonly timeoutMs: number },
): Promise<ProgramResult> =>
  new Promise(done => {
    let child: ChildProcess
    try {
      child = spawn(resolve(cwd, file), args, { cwd, stdio: ['ignore', 'pipe', 'pipe'], detached: true })
    } catch (error) {
      done({ wrong: `cannot be run: ${error instanceof Error ? error.message : String(error)}` })
      return
    }
    const out: Buffer[] = []
    let bytes = 0
    let stderr = Buffer.alloc(0)
    const kill = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
      } catch {
        // It is gone already.
      }
    }
    const forget = endWithUs(kill)
    const finish = (result: ProgramResult): void => {
      clearTimeout(timer)
      forget()
      kill()
      child.stdout?.destroy()
      child.stderr?.destroy()
      done(result)
    }
    const timer = setTimeout(
      () => finish({ wrong: `was still running after ${timeoutMs / 1000} s and was ended${lastWords(stderr)}` }),
      timeoutMs,
    )
    child.stdout?.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > MOST_BYTES) finish({ wrong: `printed more than ${MOST_BYTES / 1024 / 1024} MiB and was ended` })
      else out.push(chunk)
    })
    child.stderr?.on('data', (chunk: Buffer) => {
      stderr = Buffer.concat([stderr, chunk]).subarray(-MOST_STDERR)
    })
    child.on('error', (error: NodeJS.ErrnoException) => {
      const noInterpreter = error.code === 'ENOENT' || error.code === 'ENOEXEC'
      const why = noInterpreter ? 'is there a program for its #! line?' : (error.code ?? error.message)
      finish({ wrong: `cannot be run: ${why}` })
    })
    child.on('close', (code, signal) => {
      if (code === 0) finish({ stdout: Buffer.concat(out).toString('utf8') })
      else finish({ wrong: `ended with ${signal ? `signal ${signal}` : `exit code ${code}`}${lastWords(stderr)}` })
    })
  })
