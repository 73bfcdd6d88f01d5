import { readFileSync } from 'node:fs'
import { attempt, run } from './run.ts'

/** A line of proc_pid_mountinfo(5): mount point and the options of the file system. */
export interface Mount {
  readonly path: string
  readonly type: string
  readonly options: string
}

export function mounts(): Mount[] {
  return readFileSync('/proc/self/mountinfo', 'utf8').split('\n').filter(Boolean).map(parse)
}

/** Example: `98 31 0:52 / /srv/x rw,relatime - overlay ov rw,lowerdir=/a,upperdir=/b`. Spaces in paths are `\040`. */
function parse(line: string): Mount {
  const [front = '', back = ''] = line.split(' - ')
  const [type = '', , options = ''] = back.split(' ')
  return {
    path: (front.split(' ')[4] ?? '').replace(/\\(\d{3})/g, (_, octal) => String.fromCharCode(parseInt(octal, 8))),
    type,
    options,
  }
}

export const isMounted = (path: string): boolean => mounts().some(mount => mount.path === path)

/** Unmounts whatever is mounted at or below PATH, the last mounted first. */
export async function unmountBelow(path: string): Promise<void> {
  const inside = mounts().filter(mount => mount.path === path || mount.path.startsWith(`${path}/`))
  for (const mount of inside.reverse()) {
    const { code } = await attempt(['umount', mount.path])
    // A process of a container that is just dying may still hold it; it goes when that process is gone.
    if (code !== 0) await run(['umount', '--lazy', mount.path])
  }
}

/** Removes a tree with whatever a killed run left mounted in it. Never follows a mount into somebody else's files. */
export async function removeTree(path: string): Promise<void> {
  await unmountBelow(path)
  await run(['rm', '-rf', '--one-file-system', '--', path])
}

/** Mounts an overlay. `lower` has the uppermost first, as in the kernel's own option. */
export async function mountOverlay(
  at: { root: string; upper: string; work: string },
  lower: readonly string[],
): Promise<void> {
  const options = `lowerdir=${lower.join(':')},upperdir=${at.upper},workdir=${at.work}`
  await run(['mount', '-t', 'overlay', 'baton-lab', '-o', options, at.root])
}
