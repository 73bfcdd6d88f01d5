import { spawn } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { LabError } from '../error.ts'
import { lockDirectory } from '../names.ts'
import { systemEnvironment } from './path.ts'

/** What {@link tryLock} answers when somebody else holds the lock. */
export const busy = Symbol('busy')

/**
 * Runs `body` while holding a lock of this machine. The kernel drops it when this process dies, however it dies:
 * flock(1) holds it for a `cat` that lives as long as our end of its stdin.
 */
export async function withLock<T>(name: string, body: () => Promise<T>, waiting?: () => void): Promise<T> {
  const first = await tryLock(name, body)
  if (first !== busy) return first
  waiting?.()
  const release = await acquire(name, true)
  if (release === undefined) throw new LabError(`cannot lock ${name}`)
  return body().finally(release)
}

/** The same, but answers {@link busy} at once, without running `body`, when the lock is held. */
export async function tryLock<T>(name: string, body: () => Promise<T>): Promise<T | typeof busy> {
  const release = await acquire(name, false)
  return release === undefined ? busy : body().finally(release)
}

function acquire(name: string, wait: boolean): Promise<(() => Promise<void>) | undefined> {
  mkdirSync(lockDirectory, { recursive: true, mode: 0o755 })
  const mode = wait ? ['--exclusive'] : ['--exclusive', '--nonblock', '--conflict-exit-code', '75']
  const holder = spawn(
    'flock',
    [...mode, `${lockDirectory}/${name}`, 'sh', '-c', 'echo locked && exec cat >/dev/null'],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: systemEnvironment(),
    },
  )
  const ended = new Promise<number | null>(resolve => holder.on('close', resolve))
  return new Promise((resolve, reject) => {
    holder.on('error', reject)
    holder.stdout.once('data', () =>
      resolve(async () => {
        holder.stdin.end()
        await ended
      }),
    )
    void ended.then(code =>
      code === 75 ? resolve(undefined) : reject(new LabError(`flock ${name}: exit code ${code}`)),
    )
  })
}
