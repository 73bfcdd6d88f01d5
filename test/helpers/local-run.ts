import { spawn } from 'node:child_process'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Command, Output } from '../../lib/command.ts'
import type { Facts } from '../../lib/dsl/facts.ts'
import { Secret } from '../../lib/secret.ts'

const bytesOf = (stdin: Command['stdin']): Readable | undefined => {
  if (stdin === undefined) return undefined
  if (stdin instanceof Secret) return Readable.from([Buffer.from(stdin.reveal())])
  if (typeof stdin === 'string' || stdin instanceof Uint8Array) return Readable.from([Buffer.from(stdin)])
  return stdin.open()
}

/** Runs a command here, as a connection would on a host. `shell`: `['dash']`, `['nsenter', ..., 'bash']`. */
export const localRun = async ({ script, args = [], stdin }: Command, shell: readonly string[]): Promise<Output> => {
  const [program = 'sh', ...before] = shell
  const input = bytesOf(stdin)
  const child = spawn(program, [...before, '-c', script, 'sh', ...args], {
    stdio: [input ? 'pipe' : 'ignore', 'pipe', 'pipe'],
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  child.stdout!.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr!.on('data', (chunk: Buffer) => err.push(chunk))
  // A script may leave without reading its input: EPIPE is no failure of its own.
  if (input && child.stdin) pipeline(input, child.stdin).catch(() => {})
  const code = await new Promise<number>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (status, signal) => resolve(status ?? (signal ? 128 : 1)))
  })
  return { code, stdout: Buffer.concat(out), stderr: Buffer.concat(err), droppedBytes: 0, durationMs: 0 }
}

/** The facts of this machine, read anew at each question. */
export const localFacts = (shell: readonly string[]): Facts => ({
  host: 'here',
  get: async fact => {
    const output = await localRun(fact.kind.ask([fact.question]), shell)
    const [answer] = fact.kind.parse(output, [fact.question])
    return answer!
  },
  on: name => {
    throw new Error(`no facts of ${name}`)
  },
  value: ref => {
    throw new Error(`no value of ${ref.refOf}`)
  },
})
