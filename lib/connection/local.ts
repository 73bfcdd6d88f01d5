import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { userInfo } from 'node:os'
import { $ } from 'zx/core'
import type { Channel, Exit, Transport } from './channel.ts'

/** zx keeps all that a program prints; a shell that lives as long as the run must not. */
class Forgetful extends Array<string | Buffer> {
  override push(): number {
    return 0
  }
}

const start = (shell: string, command: string, env: NodeJS.ProcessEnv): ChildProcessWithoutNullStreams => {
  const program = $({
    shell,
    prefix: '',
    postfix: '',
    env,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    quiet: true,
    nothrow: true,
    store: { stdout: new Forgetful(), stderr: new Forgetful(), stdall: new Forgetful() },
  })
  // As pieces of a template without values: zx takes the text as it is.
  const { child } = program([command] as unknown as TemplateStringsArray)
  return child as ChildProcessWithoutNullStreams
}

const giveUp = (child: ChildProcessWithoutNullStreams): void => {
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy()
}

/**
 * This machine. `shell` reads the command line, as a login shell does behind sshd. Every program leads a process group of
 * its own, so that it can be ended with all that it started.
 */
export const localTransport = (host: string, { shell = '/bin/sh', env = process.env } = {}): Transport => {
  const running = new Set<ChildProcessWithoutNullStreams>()
  const open = async (command: string): Promise<Channel> => {
    const child = start(shell, command, env)
    const channel: Channel = {
      stdin: child.stdin,
      stdout: child.stdout,
      stderr: child.stderr,
      closed: new Promise<Exit>(resolve => {
        child.once('error', () => resolve({}))
        child.once('close', (code, signal) =>
          resolve({ ...(code !== null && { code }), ...(signal !== null && { signal }) }),
        )
      }),
      close() {
        giveUp(child)
      },
    }
    running.add(child)
    void channel.closed.then(() => running.delete(child))
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve)
      child.once('error', reject)
    })
    return channel
  }
  const transport: Transport = {
    host,
    user: userInfo().username,
    open,
    another: async () => localTransport(host, { shell, env }),
    async close() {
      for (const child of running) {
        giveUp(child)
        child.unref()
      }
    },
  }
  return transport
}
