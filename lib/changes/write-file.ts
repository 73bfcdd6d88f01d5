import { createHash } from 'node:crypto'
import type { Command } from '../command.ts'
import { sh } from '../command.ts'
import { content } from '../facts/content.ts'
import { digest } from '../facts/digest.ts'
import type { Fact } from '../facts/fact.ts'
import { type Ownership, path } from '../facts/path.ts'
import { hide, Secret } from '../secret.ts'
import { type Change, type Claim, change, claim } from './change.ts'
import { chownWord } from './owner.ts'
import { throughLinks } from './through-links.ts'

export interface FileAttributes extends Ownership {
  /** Four octal digits. */
  readonly mode: string
}

/** What the file must still be when it is replaced: the SHA-256 (hex) of its content, or nothing at all. */
export type Before = { readonly sha256: string } | 'absent'

export interface Evidence {
  /** Of the new content, in hex. */
  readonly sha256: string
  /** The new content as the diff may show it. Left out, the diff shows digests only; of a secret not even these. */
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
 * `$1` file, `$2` mode, `$3` owner and group for chown (empty: of whoever writes), `$4` SHA-256 of what it replaces (`absent`,
 * or empty: whatever it is), then the words of the program that judges the new content, where `%s` stands for its temporary
 * file.
 */
export const writeScript = sh`
  umask 077
  file=$1 mode=$2 owner=$3 before=\${4-}
  if [ $# -gt 4 ]; then shift 4; else set --; fi
  dir=\${file%/*}
  tmp=$(mktemp "\${dir:-}/.\${file##*/}.XXXXXXXX") || exit 1
  trap 'rm -f -- "$tmp"' EXIT
  trap 'exit 1' HUP INT TERM
  cat >"$tmp" || exit 1
  [ -z "$owner" ] || chown -- "$owner" "$tmp" || exit 1
  chmod -- "$mode" "$tmp" && sync -- "$tmp" || exit 1
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

const writeArgs = (file: string, attributes: FileAttributes, { before, validate = [] }: Evidence) => {
  const guard = before === undefined ? '' : before === 'absent' ? before : before.sha256
  return [file, attributes.mode, chownWord(attributes), ...(guard || validate.length > 0 ? [guard, ...validate] : [])]
}

const nothing: NonNullable<Claim['shown']> = { before: {}, after: {} }

/** May users read it who are neither the owner nor of the group? */
const isPublic = ({ mode }: FileAttributes): boolean => (Number.parseInt(mode, 8) & 0o004) !== 0

/**
 * What is true of a file once it is written. A digest tells what a password is to whoever can guess it: it is not shown of a
 * file with a secret, nor beside the text of a file that not everybody may read.
 */
export const writeClaims = (
  file: string,
  attributes: FileAttributes,
  { sha256, shown, instead }: Evidence,
): Claim[] => {
  const restricted = !isPublic(attributes)
  const ofDigest = shown ? (restricted ? nothing : undefined) : instead
  const ofContent = { verify: false, restricted, ...(instead && { shown: instead }) }
  return [
    claim(path(file), { type: 'file', mode: attributes.mode, owner: attributes.owner, group: attributes.group }),
    claim(digest(file), { sha256 }, ofDigest ? { shown: ofDigest } : {}),
    ...(shown ? [claim(content(file), { size: shown.length, bytes: Buffer.from(shown) }, ofContent)] : []),
  ]
}

/** All that a diff shows of content that is a secret. */
export const replacedSecret = (replaces: boolean): NonNullable<Claim['shown']> => ({
  before: replaces ? { content: '[secret, another one]' } : {},
  after: { content: '[secret]' },
})

/** Of a file with a secret only that it is written. Its digests are masked wherever they turn up: in a command that failed. */
const withoutDigests = (evidence: Evidence): Evidence => {
  hide(evidence.sha256)
  if (typeof evidence.before === 'object') hide(evidence.before.sha256)
  return { instead: replacedSecret(typeof evidence.before === 'object'), ...evidence }
}

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
  given: Evidence,
): Change => {
  const secret = stdin instanceof Secret || (given.instead !== undefined && given.shown === undefined)
  const evidence = secret ? withoutDigests(given) : given
  return change({
    summary: evidence.summary ?? `write ${file}`,
    command: { script: writeScript, args: writeArgs(file, attributes, evidence), stdin, guarded: true },
    makes: writeClaims(file, attributes, evidence),
    // A claimed text is known; without it the content is whatever was sent.
    doubts: [
      throughLinks(file),
      ...(evidence.shown
        ? []
        : [{ about: `the new content of ${file}`, covers: (fact: Fact<unknown>) => fact.key === content(file).key }]),
    ],
  })
}

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
