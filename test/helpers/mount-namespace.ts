import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { ExecutionContext } from 'ava'
import { sh } from '../../lib/command.ts'
import { localRun } from './local-run.ts'
import { tempDirectory } from './temp-directory.ts'

/**
 * A mount namespace that ends with the test, where /etc is a copy and no systemd is seen. Needs root. Gives the words by
 * which a shell runs in it, and an empty directory.
 */
export const mountNamespace = async (t: ExecutionContext, shell: readonly string[]) => {
  const base = await tempDirectory(t)
  const holder = spawn('unshare', ['-m', '--propagation', 'private', 'sh', '-c', 'echo ready; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(holder.stdout, 'data')
  t.teardown(() => void holder.kill('SIGKILL'))
  const inside = ['nsenter', '-t', String(holder.pid), '-m', ...shell]
  const script = sh`
    mkdir "$1/etc" "$1/empty" "$1/m" && cp -a /etc/passwd /etc/group "$1/etc" && mount --bind "$1/etc" /etc || exit 1
    [ ! -d /run/systemd ] || mount --bind "$1/empty" /run/systemd`
  const { code, stderr } = await localRun({ script, args: [base] }, inside)
  if (code !== 0) throw new Error(`no mount namespace: ${stderr}`)
  return { base, inside }
}
