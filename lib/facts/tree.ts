import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { defineFact } from './fact.ts'
import { parseMountinfo } from './mountinfo.ts'

export interface TreeQuestion {
  readonly path: string
  /** True: everything below counts, on the same file system; false: only what lies in the directory itself. */
  readonly deep: boolean
}

/** What a directory holds. A link to a directory is none. */
export type Tree =
  | { readonly exists: false }
  | {
      readonly exists: true
      /** The path without links in it. */
      readonly real: string
      /** `device:inode`: is it still the same directory? */
      readonly identity: string
      /** Names below it, of whatever type. */
      readonly entries: number
      /** What is mounted on it or below it. */
      readonly mounts: readonly string[]
    }

const fields = 3

/**
 * How much lies in a directory, and what is mounted there. Per question `/srv/x\066306:12\017\0`, empty fields where no directory is,
 * then all of /proc/self/mountinfo. What cannot be looked into is a FactError: an undercount would look like an empty directory.
 */
export const tree = defineFact<TreeQuestion, Tree>({
  kind: 'tree',
  id: ({ path, deep }) => (deep ? `${path}/**` : `${path}/*`),
  ask: questions => ({
    script: sh`
      export LC_ALL=C
      while [ $# -gt 0 ]; do
        p=$1 deep=$2; shift 2
        if [ -L "$p" ] || [ ! -d "$p" ]; then printf '\\0\\0\\0'; continue; fi
        real=$(cd -P -- "$p" && pwd -P) && id=$(stat -c %d:%i -- "$p") || exit 1
        [ "$deep" = yes ] && set -- "" "$@" || set -- "-maxdepth 1" "$@"
        n=$({ find "$p" -xdev -mindepth 1 $1 -print0 || echo "cannot look into all of $p" >&2; } | tr -cd '\\000' | wc -c)
        shift
        printf '%s\\0%s\\0%s\\0' "$real" "$id" "$((n))"
      done
      cat /proc/self/mountinfo`,
    args: questions.flatMap(q => [q.path, q.deep ? 'yes' : 'no']),
    timeoutMs: 600_000,
  }),
  parse: ({ code, stdout, stderr }, questions) => {
    if (code !== 0 || stderr.length > 0)
      throw new FactError(`cannot look into a directory: ${stderr.toString().trim()}`)
    const words = stdout.toString().split('\0')
    const rest = words.slice(questions.length * fields)
    if (rest.length !== 1) throw new FactError('a directory could not be counted')
    const mounts = parseMountinfo(Buffer.from(rest[0] ?? '')).map(m => m.at)
    return questions.map((_, i): Tree => {
      const [real = '', identity = '', count = ''] = words.slice(i * fields, (i + 1) * fields)
      if (real === '') return { exists: false }
      if (!/^\d+:\d+$/.test(identity) || !/^\d+$/.test(count))
        throw new FactError(`a directory could not be counted: ${JSON.stringify([identity, count])}`)
      const below = mounts.filter(at => at === real || at.startsWith(real === '/' ? '/' : `${real}/`))
      return { exists: true, real, identity, entries: Number(count), mounts: below }
    })
  },
  // Whatever is made or removed below, by whom and by which name ever, is another count.
  dependsOnAnything: true,
  // Whoever uses the directory makes files in it; what is decided by is whether it is empty.
  stable: answer => (answer.exists ? { ...answer, entries: answer.entries > 0 ? 'some' : 'none' } : answer),
  absent: answer => !answer.exists,
  show: answer => (answer.exists ? { entries: String(answer.entries) } : {}),
})
