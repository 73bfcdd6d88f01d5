import { FactError } from '../errors.ts'
import { showSafely } from '../secret.ts'

/** A mounted file system as the kernel has it. */
export interface MountEntry {
  readonly at: string
  /** The part of the file system that is mounted; `/` unless it is a bind mount or a subvolume. */
  readonly root: string
  readonly type: string
  /** What was given as device: `/dev/sda1`, `host:/export`, `tmpfs`. */
  readonly source: string
  readonly options: readonly string[]
}

const unescaped = (field: string): string =>
  Buffer.from(
    field.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))),
    'latin1',
  ).toString()

/** A path as mountinfo and fstab(5) write it. */
export const escapedMountPath = (path: string): string =>
  path.replace(/[\\ \t\n#]/g, c => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`)

/**
 * `36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue`, in the order of mounting: the last entry of a
 * mount point is what is seen. Source: proc_pid_mountinfo(5), https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html
 */
export const parseMountinfo = (bytes: Buffer): readonly MountEntry[] =>
  bytes
    .toString('latin1')
    .split('\n')
    .filter(line => line !== '')
    .map(line => {
      const [mount = '', system = ''] = line.split(' - ')
      const [, , , root, at, own] = mount.split(' ')
      const [type, source, superOptions] = system.split(' ')
      if (!root || !at || !own || !type || source === undefined || !superOptions)
        throw new FactError(`/proc/self/mountinfo has a line that is none: ${JSON.stringify(showSafely(line, 200))}`)
      const options = [...new Set([...own.split(','), ...superOptions.split(',')])]
      // Read-only is what either says: the mount, or the file system after an error.
      const effective = options.includes('ro') ? options.filter(o => o !== 'rw') : options
      return { at: unescaped(at), root: unescaped(root), type, source: unescaped(source), options: effective }
    })
