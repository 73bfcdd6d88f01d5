import { existsSync } from 'node:fs'
import { type Command, type Output, stopsBatch } from '../../lib/command.ts'
import type { BatchOptions, Connection } from '../../lib/connection/connection.ts'
import { ConnectionError } from '../../lib/errors.ts'
import type { LeaseOwner } from '../../lib/lease/owner.ts'
import { localRun } from '../helpers/local-run.ts'

/** The shells that hosts have as /bin/sh. */
export const shells = [
  { name: 'dash', shell: ['dash'], file: '/usr/bin/dash' },
  { name: 'bash', shell: ['bash', '--posix'], file: '/usr/bin/bash' },
  { name: 'busybox', shell: ['busybox', 'sh'], file: '/usr/bin/busybox' },
].filter(({ file }) => existsSync(file))

export const owner = (run: string, more: Partial<LeaseOwner> = {}): LeaseOwner => ({
  run,
  playbook: 'Artifactory warm standby',
  owner: 'alice',
  from: 'ci-7 pid 4211',
  ...more,
})

/** This machine as a host: every command is a process of its own. It can be cut off. */
export class Here implements Connection {
  readonly host: string
  readonly roundTrips = 0
  /** Of each batch. */
  readonly channels: (string | undefined)[] = []
  lost = false
  readonly #shell: readonly string[]

  constructor(host: string, shell: readonly string[] = ['sh']) {
    this.host = host
    this.#shell = shell
  }

  async batch(commands: readonly Command[], options: BatchOptions = {}): Promise<readonly (Output | undefined)[]> {
    this.channels.push(options.channel)
    const outputs: Output[] = []
    for (const command of commands) {
      if (this.lost) throw new ConnectionError(this.host, 'lost', 'the connection was lost')
      outputs.push(await localRun(command, this.#shell))
      if (options.stopOnFailure && stopsBatch(command, outputs.at(-1))) break
    }
    return commands.map((_, i) => outputs[i])
  }

  async close(): Promise<void> {}
}
