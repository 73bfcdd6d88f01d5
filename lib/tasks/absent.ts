import { z } from 'zod'
import { beneath } from '../changes/beneath.ts'
import { type Change, change, claim } from '../changes/change.ts'
import { throughLinks } from '../changes/through-links.ts'
import { sh } from '../command.ts'
import { defineTask } from '../dsl/task.ts'
import { Refusal } from '../errors.ts'
import { content } from '../facts/content.ts'
import { digest } from '../facts/digest.ts'
import { escapedMountPath } from '../facts/mountinfo.ts'
import { type PathState, path } from '../facts/path.ts'
import { type Tree, tree } from '../facts/tree.ts'
import { absolutePath } from './params.ts'
import { whyProtected } from './protected-path.ts'

const params = z
  .strictObject({
    path: absolutePath,
    recursive: z
      .boolean()
      .default(false)
      .describe('A directory goes with all that it holds. Left out: only an empty one'),
  })
  .superRefine((p, context) => {
    const why = p.recursive ? whyProtected(p.path) : undefined
    if (why) context.addIssue({ code: 'custom', path: ['path'], message: `${why}, and is never removed` })
  })

const gone = (at: string) => [
  claim(path(at), { type: 'absent' }),
  claim(digest(at), { sha256: undefined }),
  claim(content(at), { size: undefined, bytes: undefined }),
]

const removeOne = (at: string, type: Exclude<PathState['type'], 'absent' | 'directory'>): Change =>
  change({
    summary: `remove ${at}`,
    command: {
      script: sh`
        if [ -L "$1" ]; then now=link
        elif [ -f "$1" ]; then now=file
        elif [ -d "$1" ]; then now=directory
        elif [ -e "$1" ]; then now=other
        else now=absent
        fi
        [ "$now" = "$2" ] || { echo "$1 is not what it was when this change was planned" >&2; exit 75; }
        rm -f -- "$1"`,
      args: [at, type],
      guarded: true,
    },
    makes: gone(at),
    doubts: [throughLinks(at), ...(type === 'link' ? [beneath(`what was behind the link ${at}`, at)] : [])],
  })

const removeEmpty = (at: string): Change =>
  change({
    summary: `remove empty directory ${at}`,
    command: { script: sh`rmdir -- "$1"`, args: [at] },
    makes: gone(at),
  })

/**
 * Everything is read again where nothing can be moved under it any more: with the parent as working directory, the directory
 * must be the same one (device and inode), hold as many entries as were counted, and have no mount on or below it.
 */
const removeAll = (at: string, found: Tree & { exists: true }): Change =>
  change({
    summary: `remove directory ${at} with ${found.entries} entries`,
    command: {
      script: sh`
        export LC_ALL=C
        path=$1 real=$2 identity=$3 entries=$4 mountpath=$5
        refuse() { echo "$1" >&2; exit 75; }
        name=\${real##*/}
        cd -P -- "\${real%/*}" && [ "$(pwd -P)" = "\${real%/*}" ] || refuse "$path is not where it was"
        [ -d "./$name" ] && [ ! -L "./$name" ] && [ "$(stat -c %d:%i -- "./$name")" = "$identity" ] ||
          refuse "$path is not the directory that it was when this change was planned"
        while read -r _ _ _ _ at _; do
          case $at in "$mountpath" | "$mountpath"/*) refuse "something is mounted at $at" ;; esac
        done </proc/self/mountinfo || exit 1
        n=$(find "./$name" -xdev -mindepth 1 -print0 | tr -cd '\\000' | wc -c)
        [ "$((n))" = "$entries" ] || refuse "$path held $entries entries when this change was planned, and holds $((n)) now"
        rm -rf --one-file-system -- "./$name"`,
      args: [at, found.real, found.identity, String(found.entries), escapedMountPath(found.real)],
      guarded: true,
      timeoutMs: 3_600_000,
    },
    makes: gone(at),
    doubts: [throughLinks(at), beneath(`the removal of ${at}`, at)],
  })

/**
 * Nothing is at the path: a file, a link (not what it points to) or an empty directory is removed. A directory that is not
 * empty is refused, or removed whole with `recursive`; never one of the system's, one with a mount on or below it, or one
 * whose number of entries changed since it was planned.
 */
export const absent = defineTask({
  name: 'absent',
  params,
  title: p => `no ${p.path}`,
  async plan(p, facts) {
    const now = await facts.get(path(p.path))
    if (now.type === 'absent') return []
    if (now.type !== 'directory') return [removeOne(p.path, now.type)]
    const found = await facts.get(tree({ path: p.path, deep: p.recursive }))
    if (!found.exists) throw new Refusal(`${p.path} changes while it is looked at`)
    if (found.mounts.length > 0) throw new Refusal(`something is mounted at ${found.mounts.join(', ')}`)
    if (found.entries === 0) return [removeEmpty(p.path)]
    if (!p.recursive)
      throw new Refusal(`${p.path} is a directory with ${found.entries} entries`, {
        hint: 'recursive: true removes it with all that it holds.',
      })
    const why = whyProtected(found.real)
    if (why) throw new Refusal(`${p.path} is really ${found.real}: ${why}, and is never removed`)
    return [removeAll(p.path, found)]
  },
})
