import { z } from 'zod'
import { beneath } from '../changes/beneath.ts'
import { change, claim } from '../changes/change.ts'
import { chownWord } from '../changes/owner.ts'
import { throughLinks } from '../changes/through-links.ts'
import { sh } from '../command.ts'
import { defineTask } from '../dsl/task.ts'
import { Refusal } from '../errors.ts'
import { content } from '../facts/content.ts'
import { digest } from '../facts/digest.ts'
import { belongsTo, path } from '../facts/path.ts'
import { absolutePath, ownership } from './params.ts'
import { parentOf, requireParent } from './parent.ts'

const params = z.strictObject({
  path: absolutePath,
  target: z
    .string()
    .regex(/^[^\n\0]+$/, 'must not be empty, and hold no newline')
    .describe(
      'What the link says, as it stands: a relative one counts from the directory of the link. It need not exist',
    ),
  ...ownership,
  replaceFile: z.boolean().default(false).describe('A file in its place goes, with its content. Left out: refused'),
})

/** Made in a directory of its own beside its place, then renamed: the name is the old link or the new one at any time. */
const script = sh`
  path=$1 target=$2 owner=$3 was=$4
  if [ -L "$path" ]; then now=link
  elif [ -f "$path" ]; then now=file
  elif [ -e "$path" ]; then now=other
  else now=absent
  fi
  [ "$now" = "$was" ] || { echo "$path is not what it was when this change was planned" >&2; exit 75; }
  dir=\${path%/*}
  tmp=$(mktemp -d "\${dir:-}/.\${path##*/}.XXXXXXXX") || exit 1
  trap 'rm -f -- "$tmp/link"; rmdir -- "$tmp"' EXIT
  trap 'exit 1' HUP INT TERM
  ln -s -- "$target" "$tmp/link" && { [ -z "$owner" ] || chown -h -- "$owner" "$tmp/link"; } &&
    mv -fT -- "$tmp/link" "$path" && sync -- "\${dir:-/}"`

/** A symbolic link says this. One that says something else is replaced at once; a directory in its place is refused. */
export const symlink = defineTask({
  name: 'symlink',
  params,
  title: p => `link ${p.path} -> ${p.target}`,
  async plan(p, facts) {
    const [now, parent] = await Promise.all([facts.get(path(p.path)), parentOf(facts, p.path)])
    if (now.type === 'directory' || now.type === 'other')
      throw new Refusal(`${p.path} is ${now.type === 'other' ? 'a device, socket or pipe' : 'a directory'}, not a link`)
    if (now.type === 'file' && !p.replaceFile)
      throw new Refusal(`${p.path} is a file, not a link`, { hint: 'replaceFile: true puts the link in its place.' })
    if (now.type === 'absent') requireParent(p.path, parent)
    const kept = now.type === 'link' ? now : undefined
    const owner = p.owner ?? kept?.owner
    const group = p.group ?? kept?.group
    if (kept && kept.target === p.target && belongsTo(kept, { owner, group })) return []
    const behind = `what is behind the link ${p.path}`
    return [
      change({
        summary: `link ${p.path} -> ${p.target}`,
        command: { script, args: [p.path, p.target, chownWord({ owner, group }), now.type], guarded: true },
        makes: [
          claim(path(p.path), { type: 'link', target: p.target, owner, group }),
          claim(digest(p.path), { sha256: undefined }),
        ],
        doubts: [
          beneath(behind, p.path),
          throughLinks(p.path),
          { about: behind, covers: fact => fact.key === content(p.path).key },
        ],
      }),
    ]
  },
})
