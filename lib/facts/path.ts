import type { Output } from '../command.ts'
import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { defineFact } from './fact.ts'

/** Whom something belongs to. An observed answer has every field; a claim leaves out what nobody asked for. */
export interface Ownership {
  /** The user's name; its number, as text, where it has no name. */
  readonly owner?: string | undefined
  /** As `owner`. */
  readonly group?: string | undefined
  readonly uid?: number
  readonly gid?: number
}

/** What is at a path, links not followed. Modes are four octal digits. */
export type PathState =
  | { readonly type: 'absent' }
  | ({ readonly type: 'file' | 'directory' | 'other'; readonly mode: string } & Ownership)
  | ({ readonly type: 'link'; readonly target: string } & Ownership)

/** Does it belong to whom the other names, by name or by number? What the other leaves out is all the same. */
export const belongsTo = (now: Ownership, { owner, group }: Ownership): boolean =>
  (owner === undefined || owner === now.owner || owner === String(now.uid)) &&
  (group === undefined || group === now.group || group === String(now.gid))

const ABSENT: PathState = { type: 'absent' }

const fields = 8

/** stat(1) prints UNKNOWN where a number has no name. */
const nameOf = (name: string, id: string): string => (name === 'UNKNOWN' ? id : name)

const ownership = (user: string, uid: string, group: string, gid: string) => {
  if (!/^\d+$/.test(uid) || !/^\d+$/.test(gid))
    throw new FactError(`stat printed an owner that is none: ${JSON.stringify([user, uid, group, gid])}`)
  return { owner: nameOf(user, uid), group: nameOf(group, gid), uid: Number(uid), gid: Number(gid) }
}

/** `644\0root\00\0root\00\0regular file\0/etc/hosts\0\0`: stat(1) %a %U %u %G %g %F %n, then the target of a link. */
const parse = ({ stdout, stderr }: Output, paths: readonly string[]): PathState[] => {
  const complaints = stderr.toString().split('\n')
  const complaint = complaints.find(line => line && !/: (No such file or directory|Not a directory)$/.test(line))
  if (complaint) throw new FactError(`cannot look at a path: ${complaint}`)
  const words = stdout.toString().split('\0')
  const found = new Map<string, PathState>()
  for (let i = 0; i + fields <= words.length; i += fields) {
    const [mode = '', user = '', uid = '', group = '', gid = '', kind = '', name = '', target = ''] = words.slice(
      i,
      i + fields,
    )
    if (!/^[0-7]{1,4}$/.test(mode)) throw new FactError(`stat printed a mode that is none: ${JSON.stringify(mode)}`)
    const owned = ownership(user, uid, group, gid)
    if (kind === 'symbolic link') found.set(name, { type: 'link', target, ...owned })
    else {
      const type = kind.startsWith('regular ') ? 'file' : kind === 'directory' ? 'directory' : 'other'
      found.set(name, { type, mode: mode.padStart(4, '0'), ...owned })
    }
  }
  return paths.map(path => found.get(path) ?? ABSENT)
}

const shownOwner = ({ owner, group }: Ownership): string | undefined =>
  owner === undefined && group === undefined ? undefined : `${owner ?? ''}:${group ?? ''}`

const detail = (state: Exclude<PathState, { type: 'absent' }>): string =>
  state.type === 'link' ? state.target : state.mode

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
        stat --printf '%a\\0%U\\0%u\\0%G\\0%g\\0%F\\0%n\\0\\0' -- "$@"
        links=
        for p do [ -L "$p" ] && links=1; done
        [ -z "$links" ] && exit 0
        for p do
          [ -L "$p" ] || continue
          stat --printf '%a\\0%U\\0%u\\0%G\\0%g\\0%F\\0%n\\0' -- "$p" && printf '%s\\0' "$(readlink -- "$p")"
        done
      else
        for p do
          words=$(stat -c '%a %U %u %G %g ' -- "$p") && kind=$(stat -c %F -- "$p") || continue
          printf %s "$words" | tr ' ' '\\0'
          printf '%s\\0%s\\0%s\\0' "$kind" "$p" "$(readlink -- "$p")"
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
        ? { type: 'link', target: answer.target, owner: shownOwner(answer) }
        : { type: answer.type, mode: answer.mode, owner: shownOwner(answer) },
  keeps: (claimed, observed) => {
    if (claimed.type === 'absent' || observed.type === 'absent') return claimed.type === observed.type
    return claimed.type === observed.type && detail(claimed) === detail(observed) && belongsTo(observed, claimed)
  },
})
