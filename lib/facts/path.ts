import type { Output } from '../command.ts'
import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { defineFact } from './fact.ts'

/** What is at a path, links not followed. Modes are four octal digits. */
export type PathState =
  | { readonly type: 'absent' }
  | {
      readonly type: 'file' | 'directory' | 'other'
      readonly mode: string
      readonly owner: string
      readonly group: string
    }
  | { readonly type: 'link'; readonly target: string; readonly owner: string; readonly group: string }

const ABSENT: PathState = { type: 'absent' }

const fields = 6

/** `regular file\0644\0root\0root\0/etc/hosts\0\0`: stat(1) %F %a %U %G %n, then the target of a link. */
const parse = ({ stdout, stderr }: Output, paths: readonly string[]): PathState[] => {
  const complaints = stderr.toString().split('\n')
  const complaint = complaints.find(line => line && !/: (No such file or directory|Not a directory)$/.test(line))
  if (complaint) throw new FactError(`cannot look at a path: ${complaint}`)
  const words = stdout.toString().split('\0')
  const found = new Map<string, PathState>()
  for (let i = 0; i + fields <= words.length; i += fields) {
    const [kind = '', mode = '', owner = '', group = '', name = '', target = ''] = words.slice(i, i + fields)
    if (!/^[0-7]{1,4}$/.test(mode)) throw new FactError(`stat printed a mode that is none: ${JSON.stringify(mode)}`)
    if (kind === 'symbolic link') found.set(name, { type: 'link', target, owner, group })
    else {
      const type = kind.startsWith('regular ') ? 'file' : kind === 'directory' ? 'directory' : 'other'
      found.set(name, { type, mode: mode.padStart(4, '0'), owner, group })
    }
  }
  return paths.map(path => found.get(path) ?? ABSENT)
}

/**
 * What is at an absolute path: type, mode, owner, group. A parent that may not be searched is a FactError, not *absent*.
 * One `stat` process for all paths (GNU), one a path elsewhere (busybox has no --printf).
 * Source: stat(1), https://www.gnu.org/software/coreutils/manual/html_node/stat-invocation.html
 */
export const path = defineFact<string, PathState>({
  kind: 'path',
  id: question => question,
  ask: paths => ({
    script: sh`
      export LC_ALL=C
      if stat --printf '' / 2>/dev/null; then
        stat --printf '%F\\0%a\\0%U\\0%G\\0%n\\0\\0' -- "$@"
        links=
        for p do [ -L "$p" ] && links=1; done
        [ -z "$links" ] && exit 0
        for p do
          [ -L "$p" ] || continue
          stat --printf '%F\\0%a\\0%U\\0%G\\0%n\\0' -- "$p" && printf '%s\\0' "$(readlink -- "$p")"
        done
      else
        for p do
          set -- "$(stat -c %F -- "$p")" "$(stat -c %a -- "$p" 2>/dev/null)" "$(stat -c %U -- "$p" 2>/dev/null)" "$(stat -c %G -- "$p" 2>/dev/null)"
          [ -n "$1" ] && printf '%s\\0%s\\0%s\\0%s\\0%s\\0%s\\0' "$1" "$2" "$3" "$4" "$p" "$(readlink -- "$p")"
        done
      fi
      exit 0`,
    args: paths,
  }),
  parse,
  absent: answer => answer.type === 'absent',
  show: answer =>
    answer.type === 'absent'
      ? {}
      : answer.type === 'link'
        ? { type: 'link', target: answer.target, owner: `${answer.owner}:${answer.group}` }
        : { type: answer.type, mode: answer.mode, owner: `${answer.owner}:${answer.group}` },
})
