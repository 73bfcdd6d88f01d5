import { spawn } from 'node:child_process'
import { Readable } from 'node:stream'
import { type Command, type Output, stopsBatch } from '../../lib/command.ts'
import type { BatchOptions, Connection } from '../../lib/connection/connection.ts'
import { ConnectionError } from '../../lib/errors.ts'
import { Secret } from '../../lib/secret.ts'

/** What goes wrong with the connection, for tests of the engine. */
export interface Trouble {
  /** The connection is lost before the first such command takes effect. */
  lostAt?(command: Command): boolean
}

const stdinOf = (stdin: NonNullable<Command['stdin']>): Readable =>
  stdin instanceof Secret
    ? Readable.from([stdin.reveal()])
    : typeof stdin === 'string' || stdin instanceof Uint8Array
      ? Readable.from([Buffer.from(stdin)])
      : stdin.open()

const runOne = (command: Command): Promise<Output> =>
  new Promise((resolve, reject) => {
    const started = performance.now()
    const child = spawn('sh', ['-c', command.script, 'sh', ...(command.args ?? [])], {
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk))
    child.stdin.on('error', () => {})
    child.on('error', reject)
    child.on('close', code =>
      resolve({
        code: code ?? 128,
        stdout: Buffer.concat(stdout),
        stderr: Buffer.concat(stderr),
        droppedBytes: 0,
        durationMs: performance.now() - started,
      }),
    )
    if (command.stdin === undefined) child.stdin.end()
    else stdinOf(command.stdin).pipe(child.stdin)
  })

/**
 * A Connection to this machine for tests of the engine: every command is a process of its own, batches are counted, and it
 * can be lost on purpose. The real ones are tested in test/connection.
 */
export class ShConnection implements Connection {
  readonly host: string
  roundTrips = 0
  readonly #trouble: Trouble
  #lost = false

  constructor(host: string, trouble: Trouble = {}) {
    this.host = host
    this.#trouble = trouble
  }

  async batch(commands: readonly Command[], options: BatchOptions = {}): Promise<readonly (Output | undefined)[]> {
    this.roundTrips++
    const outputs: (Output | undefined)[] = []
    for (const [i, command] of commands.entries()) {
      if (this.#lost || this.#trouble.lostAt?.(command)) {
        this.#lost = true
        throw new ConnectionError(this.host, 'lost', `the connection to ${this.host} was lost`)
      }
      const output = await runOne(command)
      outputs.push(output)
      options.onOutput?.(i, 'stdout', output.stdout)
      options.onEnd?.(i, output)
      if (options.stopOnFailure && stopsBatch(command, output)) break
    }
    return commands.map((_, i) => outputs[i])
  }

  async close(): Promise<void> {}
}
