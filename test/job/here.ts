import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import type { ExecutionContext } from 'ava'
import type { Command, Output } from '../../lib/command.ts'
import { Exchange } from '../../lib/connection/exchange.ts'
import { request } from '../../lib/connection/frame.ts'
import { isRoot } from '../helpers/me.ts'
import { tempDirectory } from '../helpers/temp-directory.ts'

const nobody = 65_534
const busybox = '/usr/bin/busybox'

/** What `sh` is, and where everything else that a job starts comes from. */
export const shells = [
  { name: 'dash', sh: '/bin/dash', programs: [] },
  { name: 'bash', sh: '/bin/bash', programs: [] },
  {
    name: 'busybox',
    sh: busybox,
    programs: ['cat', 'dd', 'find', 'head', 'ls', 'mkdir', 'mv', 'rm', 'setsid', 'sleep', 'tail'],
  },
].filter(({ sh }) => existsSync(sh))

/** A shell of the framed kind with one request in it, which can be killed. */
export interface Asked {
  readonly shell: ChildProcess
  /** Undefined: the shell ended without having said how the command did. */
  readonly output: Promise<Output | undefined>
  /** The processes of the shell's process group that it has started itself: who follows. */
  followers(): number[]
}

/** State and parent of a process. */
const look = (pid: number): readonly string[] => {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)!.split(' ')
  } catch {
    return []
  }
}

/** It is there, and no zombie. */
export const runs = (pid: number): boolean => (look(pid)[0] ?? 'Z') !== 'Z'

/**
 * This machine as a host with a home of its own, for a user who is not root, so that no test writes into /var/lib. What `sh`
 * is there is for the test to say.
 */
export const jobHost = async (t: ExecutionContext, shell = shells[0]!) => {
  const base = await tempDirectory(t)
  chmodSync(base, 0o755)
  const [home, bin] = [join(base, 'home'), join(base, 'bin')]
  mkdirSync(home, 0o755)
  mkdirSync(bin, 0o755)
  if (isRoot) chownSync(home, nobody, nobody)
  symlinkSync(shell.sh, join(bin, 'sh'))
  for (const program of shell.programs) symlinkSync(busybox, join(bin, program))
  const env = { PATH: `${bin}:/usr/bin:/bin`, HOME: home }
  const as = isRoot ? { uid: nobody, gid: nobody } : {}

  const ask = (command: Command, extra: NodeJS.ProcessEnv = {}): Asked => {
    const child = spawn(join(bin, 'sh'), [], { env: { ...env, ...extra }, cwd: base, detached: true, ...as })
    const nonce = `baton-${randomBytes(16).toString('hex')}`
    const output = new Promise<Output | undefined>((resolve, reject) => {
      let answer: Output | undefined
      const exchange = new Exchange(nonce, [command], {
        begin: () => {},
        output: () => {},
        end: (_, end) => {
          answer = end
        },
        done: () => child.stdin.end(),
        noise: () => {},
      })
      for (const stream of ['stdout', 'stderr'] as const)
        child[stream].on('data', (chunk: Buffer) => exchange.read(stream, chunk))
      child.stdin.on('error', () => {})
      child.on('error', reject)
      child.on('close', () => resolve(answer))
    })
    child.stdin.write(request(nonce, [command], false))
    return {
      shell: child,
      output,
      followers: () =>
        readdirSync('/proc')
          .map(Number)
          .filter(pid => pid > 0 && Number(look(pid)[1]) === child.pid),
    }
  }

  const run = async (command: Command, extra?: NodeJS.ProcessEnv): Promise<Output> => {
    const output = await ask(command, extra).output
    if (!output) throw new Error('the shell ended')
    return output
  }

  return { base, home, bin, jobs: join(home, '.local/state/baton/jobs'), ask, run }
}

export type JobHost = Awaited<ReturnType<typeof jobHost>>

/** Waits for something to be so; ava's own timeout is the limit. */
export const eventually = async (so: () => boolean): Promise<void> => {
  while (!so()) await new Promise(resolve => setTimeout(resolve, 10))
}
