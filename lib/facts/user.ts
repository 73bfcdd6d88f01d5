import { sh } from '../command.ts'
import { FactError } from '../errors.ts'
import { showSafely } from '../secret.ts'
import { defineFact } from './fact.ts'

/** A user as name service tells it. What a creation cannot know beforehand is optional. */
export type UserState =
  | { readonly exists: false }
  | {
      readonly exists: true
      readonly uid?: number
      readonly gid?: number
      readonly home: string
      readonly shell: string
      /** The primary group; its number where it has no name. */
      readonly group?: string
      /** The other groups, sorted. */
      readonly groups: readonly string[]
    }

const ABSENT: UserState = { exists: false }

interface Entry {
  readonly uid: number
  readonly gid: number
  readonly home: string
  readonly shell: string
}

/** `daemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin`, passwd(5). */
const entry = (line: string): readonly [string, Entry] => {
  const [name, , uid, gid, , home, shell, more] = line.split(':')
  if (
    !name ||
    !/^\d+$/.test(uid ?? '') ||
    !/^\d+$/.test(gid ?? '') ||
    home === undefined ||
    shell === undefined ||
    more
  )
    throw new FactError(`getent printed a line that is no passwd entry: ${JSON.stringify(showSafely(line, 100))}`)
  return [name, { uid: Number(uid), gid: Number(gid), home, shell }]
}

/** Without the NULs at its end. */
const withoutEnd = (text: string): string => {
  let end = text.length
  while (text[end - 1] === '\0') end--
  return text.slice(0, end)
}

/**
 * Users by name, from wherever the host's name service has them. One `getent` and one `id` for all names (one `id` a name
 * where it takes only one). Group names may hold blanks, so that `id -z` is asked.
 * Source: getent(1), https://www.gnu.org/software/coreutils/manual/html_node/id-invocation.html
 */
export const user = defineFact<string, UserState>({
  kind: 'user',
  id: name => name,
  ask: names => ({
    script: sh`
      export LC_ALL=C
      passwd=$(getent passwd -- "$@") || [ $? -eq 2 ] || exit 1
      printf '%s\\n\\n' "$passwd"
      nl='\n'
      for name do
        shift
        case "$nl$passwd" in *"$nl$name:"*) set -- "$@" "$name" ;; esac
      done
      [ $# -gt 0 ] || exit 0
      if id -Gnz -- root root >/dev/null 2>&1; then id -Gnz -- "$@"
      else for name do id -Gn -- "$name" | tr ' \\n' '\\0\\0'; printf '\\0'; done
      fi
      exit 0`,
    args: names,
    timeoutMs: 60_000,
  }),
  parse: ({ code, stdout, stderr }, names) => {
    if (code !== 0) throw new FactError(`cannot ask for users: ${stderr.toString().trim() || `exit code ${code}`}`)
    const text = stdout.toString()
    const end = text.indexOf('\n\n')
    if (end < 0) throw new FactError('the answer about users is cut off')
    const found = new Map(text.slice(0, end).split('\n').filter(Boolean).map(entry))
    const groups = withoutEnd(text.slice(end + 2)).split('\0\0')
    const present = names.filter(name => found.has(name))
    if (present.length > 0 && groups.length !== present.length)
      throw new FactError(`cannot tell the groups of ${present.join(', ')}: ${stderr.toString().trim()}`)
    const membership = new Map(present.map((name, i) => [name, groups[i]?.split('\0') ?? []]))
    return names.map(name => {
      const state = found.get(name)
      // The first group that id prints is the primary one.
      const [group = '', ...others] = membership.get(name) ?? []
      if (!state) return ABSENT
      return { exists: true, ...state, group, groups: [...new Set(others)].filter(g => g !== group).sort() }
    })
  },
  absent: answer => !answer.exists,
  show: answer =>
    answer.exists
      ? {
          uid: answer.uid?.toString(),
          group: answer.group,
          groups: answer.groups.join(', ') || undefined,
          home: answer.home,
          shell: answer.shell,
        }
      : {},
})
