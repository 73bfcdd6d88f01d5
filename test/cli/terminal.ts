import { EventEmitter } from 'node:events'
import { PassThrough } from 'node:stream'
import type { Terminal } from '../../lib/cli/terminal.ts'

/** A process to run `main` in, with what it wrote. */
export const fakeTerminal = (cwd: string, env: Terminal['env'] = {}, isTTY = false) => {
  const signals = new EventEmitter()
  const stdin = Object.assign(new PassThrough(), {
    isTTY,
    raw: [] as boolean[],
    setRawMode: (on: boolean) => stdin.raw.push(on),
  })
  const stdout = Object.assign(new PassThrough(), { isTTY, columns: 80 })
  const stderr = Object.assign(new PassThrough(), { isTTY })
  const exits: number[] = []
  const terminal: Terminal = {
    stdin,
    stdout,
    stderr,
    env,
    cwd: () => cwd,
    on: (signal, listener) => signals.on(signal, listener),
    off: (signal, listener) => signals.off(signal, listener),
    exit: code => exits.push(code),
  }
  const read = (stream: PassThrough) => String(stream.read() ?? '')
  return { terminal, stdin, signals, exits, out: () => read(stdout), err: () => read(stderr) }
}
