import { createHash } from 'node:crypto'
import type { Command } from '../command.ts'
import { sh } from '../command.ts'
import { content } from '../facts/content.ts'
import { digest } from '../facts/digest.ts'
import { path } from '../facts/path.ts'
import { type Change, type Claim, change, claim } from './change.ts'

export interface FileAttributes {
  /** Four octal digits. */
  readonly mode: string
  readonly owner: string
  readonly group: string
}

/** What the file must still be when it is replaced: the SHA-256 (hex) of its content, or nothing at all. */
export type Before = { readonly sha256: string } | 'absent'

export interface Evidence {
  /** Of the new content, in hex. */
  readonly sha256: string
  /** The new content as the diff may show it. Left out, the diff shows digests only. */
  readonly shown?: Uint8Array
  /** Shown instead of the content's lines, or of the digests: a diff by keys. */
  readonly instead?: Claim['shown']
  readonly summary?: string
  /** For content made from what was there: refused by the host (code 75) when that has changed meanwhile. */
  readonly before?: Before
  /** A program that says whether the new file may take its place; `%s` is the file: `['visudo', '-cf', '%s']`. */
  readonly validate?: readonly string[]
}

/**
 * `$1` file, `$2` mode, `$3` owner, `$4` group, `$5` SHA-256 of what it replaces (`absent`, or empty: whatever it is), then
 * the words of the program that judges the new content, where `%s` stands for its temporary file.
 */
export const writeScript = sh`
  umask 077
  file=$1 mode=$2 owner=$3 group=$4 before=\${5-}
  if [ $# -gt 5 ]; then shift 5; else set --; fi
  dir=\${file%/*}
  tmp=$(mktemp "\${dir:-}/.\${file##*/}.XXXXXXXX") || exit 1
  trap 'rm -f -- "$tmp"' EXIT
  trap 'exit 1' HUP INT TERM
  cat >"$tmp" && chown -- "$owner:$group" "$tmp" && chmod -- "$mode" "$tmp" && sync -- "$tmp" || exit 1
  if [ -e /sys/fs/selinux/enforce ] && [ -f "$file" ] && [ ! -L "$file" ]; then
    chcon --reference="$file" -- "$tmp" || exit 1
  fi
  if [ $# -gt 0 ]; then
    for word do shift; [ "$word" != %s ] || word=$tmp; set -- "$@" "$word"; done
    "$@" </dev/null >&2 || { echo "the new content of $file was found invalid, nothing was replaced" >&2; exit 1; }
  fi
  if [ -n "$before" ]; then
    if [ -L "$file" ]; then now=link
    elif [ -e "$file" ]; then now=$(sha256sum <"$file") && now=\${now%% *} || exit 1
    else now=absent
    fi
    [ "$now" = "$before" ] || { echo "$file is not what it was when this change was planned" >&2; exit 75; }
  fi
  mv -fT -- "$tmp" "$file" && sync -- "\${dir:-/}"`

const writeArgs = (file: string, { mode, owner, group }: FileAttributes, { before, validate = [] }: Evidence) => {
  const guard = before === undefined ? '' : before === 'absent' ? before : before.sha256
  return [file, mode, owner, group, ...(guard || validate.length > 0 ? [guard, ...validate] : [])]
}

/** What is true of a file once it is written. */
export const writeClaims = (
  file: string,
  attributes: FileAttributes,
  { sha256, shown, instead }: Evidence,
): Claim[] => [
  claim(path(file), { type: 'file', ...attributes }),
  claim(digest(file), { sha256 }, instead && !shown ? { shown: instead } : {}),
  ...(shown
    ? [
        claim(
          content(file),
          { size: shown.length, bytes: Buffer.from(shown) },
          { verify: false, ...(instead && { shown: instead }) },
        ),
      ]
    : []),
]

/**
 * The file is the old one or the new one, never a part of it: written beside its place, owner and mode set before anybody
 * can see it, flushed, renamed, and the directory flushed. Both flushes are needed to survive a power cut,
 * https://man7.org/linux/man-pages/man2/fsync.2.html
 *
 * Only for directories that no other user can write to; for those see `writeAsOwner`. Access control lists and extended
 * attributes of a file that is replaced are not kept, its SELinux label is.
 */
export const writeFile = (
  file: string,
  stdin: NonNullable<Command['stdin']>,
  attributes: FileAttributes,
  evidence: Evidence,
): Change =>
  change({
    summary: evidence.summary ?? `write ${file}`,
    command: { script: writeScript, args: writeArgs(file, attributes, evidence), stdin },
    makes: writeClaims(file, attributes, evidence),
    // A claimed text is known; without it the content is whatever was sent.
    doubts: evidence.shown
      ? []
      : [{ about: `the new content of ${file}`, covers: fact => fact.key === content(file).key }],
  })

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
