import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { showSafely } from '../secret.ts'
import { defineFact } from './fact.ts'

export interface DiskSpace {
  /** For an ordinary user: what is reserved for root is not counted. */
  readonly availableBytes: number
  readonly totalBytes: number
  readonly mountPoint: string
  readonly device: string
  /** `ext4`, `nfs4` ... */
  readonly fsType: string
}

const columns = [/^\d+$/, /^\d+$/, /^-?\d+$/, /^(\d+%|-)$/, /^\//]

/**
 * `/dev/vda       ext4    264212084 23683824  82707088      23% /`. Devices (`//nas/my share`) and mount points may hold
 * blanks, so that the numbers between them are looked for.
 */
const parseRow = (line: string): DiskSpace => {
  const words = [...line.matchAll(/\S+/g)]
  const at = words.findIndex((_, i) => i >= 2 && columns.every((column, n) => column.test(words[i + n]?.[0] ?? '')))
  const [type, total, , available, , mount] = words.slice(at - 1)
  if (at < 0 || !type || !total || !available || !mount)
    throw new FactError(`df printed ${JSON.stringify(showSafely(line, 200))}`)
  return {
    availableBytes: Math.max(0, Number(available[0])) * 1024,
    totalBytes: Number(total[0]) * 1024,
    mountPoint: line.slice(mount.index),
    device: line.slice(0, type.index).trimEnd(),
    fsType: type[0],
  }
}

/**
 * The file system that holds a path, or would hold it: the nearest parent that exists is asked. One `df` for all paths.
 * A file system that does not answer within 30 s fails. Source: https://www.gnu.org/software/coreutils/manual/html_node/df-invocation.html
 */
export const diskSpace = defineFact<string, DiskSpace>({
  kind: 'disk-space',
  id: path => path,
  stable: ({ mountPoint, device, fsType }) => ({ mountPoint, device, fsType }),
  ask: paths => ({
    script: sh`
      export LC_ALL=C
      for path do
        shift
        while [ ! -e "$path" ]; do
          case $path in /*/*) path=\${path%/*} ;; *) path=/ ;; esac
        done
        set -- "$@" "$path"
      done
      df -PTk -- "$@"`,
    args: paths,
    timeoutMs: 30_000,
  }),
  parse: ({ code, stdout, stderr }, paths) => {
    if (code !== 0) throw new FactError(`cannot tell the disk space: ${stderr.toString().trim()}`)
    const rows = stdout.toString().split('\n').filter(Boolean).slice(1)
    if (rows.length !== paths.length) throw new FactError(`df printed ${rows.length} rows for ${paths.length} paths`)
    return rows.map(parseRow)
  },
})
