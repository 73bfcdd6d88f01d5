import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { defineFact } from './fact.ts'
import { type MountEntry, parseMountinfo } from './mountinfo.ts'

export interface Mounts {
  /** In the order of mounting: of several at one place the last is what is seen. */
  readonly mounts: readonly MountEntry[]
}

const kind = defineFact<null, Mounts>({
  kind: 'mounts',
  id: () => 'host',
  ask: () => ({ script: sh`cat /proc/self/mountinfo` }),
  parse: ({ code, stdout, stderr }) => {
    if (code !== 0) throw new FactError(`cannot read /proc/self/mountinfo: ${stderr.toString().trim()}`)
    return [{ mounts: parseMountinfo(stdout) }]
  },
  show: ({ mounts }) => Object.fromEntries(mounts.map(({ at, source, type }) => [at, `${source} (${type})`])),
})

/**
 * Everything that is mounted. How full a file system is, `diskSpace` tells: asking all of them would hang at a network
 * file system whose server is away.
 */
export const mounts = kind(null)
