import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { defineFact } from './fact.ts'
import { type MountEntry, parseMountinfo } from './mountinfo.ts'

/** What is mounted exactly at a path: the topmost, if several lie on one another. */
export type Mounted =
  | { readonly mounted: false }
  | ({
      readonly mounted: true
      /** In a claim: options that are not in force. */
      readonly without?: readonly string[]
    } & Omit<MountEntry, 'at'>)

/** NFS is asked for as `nfs` and shown as `nfs4`. */
const sameType = (claimed: string, observed: string): boolean =>
  claimed === 'auto' || claimed === observed || (claimed === 'nfs' && observed === 'nfs4')

/** Mount points, as the kernel lists them: the only witness, since fstab says what should be. */
export const mounted = defineFact<string, Mounted>({
  kind: 'mounted',
  id: path => path,
  ask: () => ({ script: sh`cat /proc/self/mountinfo` }),
  parse: ({ code, stdout, stderr }, paths) => {
    if (code !== 0) throw new FactError(`cannot read /proc/self/mountinfo: ${stderr.toString().trim()}`)
    const entries = parseMountinfo(stdout)
    return paths.map((path): Mounted => {
      const found = entries.findLast(e => e.at === path)
      if (!found) return { mounted: false }
      const { at: _, ...rest } = found
      return { mounted: true, ...rest }
    })
  },
  absent: answer => !answer.mounted,
  show: answer =>
    answer.mounted ? { source: answer.source, type: answer.type, options: answer.options.join(',') } : {},
  // The kernel adds options of its own; those that are claimed must be among them, and those that are disclaimed not.
  keeps: (claimed, observed) =>
    claimed.mounted && observed.mounted
      ? claimed.source === observed.source &&
        claimed.root === observed.root &&
        sameType(claimed.type, observed.type) &&
        claimed.options.every(option => observed.options.includes(option)) &&
        !claimed.without?.some(option => observed.options.includes(option))
      : claimed.mounted === observed.mounted,
})
