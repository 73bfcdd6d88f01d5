import { createHash } from 'node:crypto'
import type { Command } from '../command.ts'
import { sh } from '../command.ts'
import { content } from '../facts/content.ts'
import { digest } from '../facts/digest.ts'
import { path } from '../facts/path.ts'
import { type Change, change, claim } from './change.ts'

export interface FileAttributes {
  /** Four octal digits. */
  readonly mode: string
  readonly owner: string
  readonly group: string
}

const write = sh`
  umask 077
  file=$1 mode=$2 owner=$3 group=$4
  dir=\${file%/*}
  tmp=$(mktemp "\${dir:-}/.\${file##*/}.XXXXXXXX") || exit 1
  trap 'rm -f -- "$tmp"' EXIT
  trap 'exit 1' HUP INT TERM
  cat >"$tmp" && chown -- "$owner:$group" "$tmp" && chmod -- "$mode" "$tmp" && sync -- "$tmp" &&
    mv -fT -- "$tmp" "$file" && sync -- "\${dir:-/}"`

/**
 * The file is the old one or the new one, never a part of it: written beside its place, owner and mode set before anybody
 * can see it, flushed, renamed, and the directory flushed. Both flushes are needed to survive a power cut,
 * https://man7.org/linux/man-pages/man2/fsync.2.html
 *
 * `sha256` in hex. `shown`: the text for the diff; left out, the diff shows digests only.
 */
export const writeFile = (
  file: string,
  stdin: NonNullable<Command['stdin']>,
  attributes: FileAttributes,
  evidence: { readonly sha256: string; readonly shown?: Uint8Array; readonly summary?: string },
): Change =>
  change({
    summary: evidence.summary ?? `write ${file}`,
    command: { script: write, args: [file, attributes.mode, attributes.owner, attributes.group], stdin },
    makes: [
      claim(path(file), { type: 'file', ...attributes }),
      claim(digest(file), { sha256: evidence.sha256 }),
      ...(evidence.shown
        ? [claim(content(file), { size: evidence.shown.length, bytes: Buffer.from(evidence.shown) }, { verify: false })]
        : []),
    ],
    // A claimed text is known; without it the content is whatever was sent.
    doubts: evidence.shown
      ? []
      : [{ about: `the new content of ${file}`, covers: fact => fact.key === content(file).key }],
  })

export const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
