import { Readable } from 'node:stream'
import type { ContentSource } from '../command.ts'
import { Refusal } from '../errors.ts'
import { CONTENT_LIMIT, type Content } from '../facts/content.ts'
import type { PathState } from '../facts/path.ts'
import type { Change, Claim } from './change.ts'
import { sameAttributes, setAttributes } from './set-attributes.ts'
import { type Before, type FileAttributes, sha256, writeFile } from './write-file.ts'

/** What an edit may say of the file beside its new content. Exactly what `editParams` gives. */
export interface EditOptions {
  readonly path: string
  readonly create?: boolean | undefined
  readonly mode?: string | undefined
  readonly owner?: string | undefined
  readonly group?: string | undefined
  readonly validate?: readonly string[] | undefined
}

export interface Edited {
  readonly bytes: Buffer
  /** The bytes hold a secret: neither the diff nor a saved plan may hold them. */
  readonly secret?: boolean
  /** What the diff shows instead of lines. */
  readonly instead?: NonNullable<Claim['shown']>
}

/** An edit's ground: the bytes of the file as it is, empty when it is to be made. Refusal for what must not be edited. */
export const groundOf = (
  { path: file, create }: Pick<EditOptions, 'path' | 'create'>,
  now: PathState,
  has: Content,
): Buffer | undefined => {
  if (now.type === 'link')
    throw new Refusal(`${file} is a link to ${now.target}, and a link is not edited through`, {
      hint: `Name the file itself, if it is meant: ${now.target}`,
    })
  if (now.type === 'absent') {
    if (create) return undefined
    throw new Refusal(`${file} is not there`, { hint: 'create: true makes it.' })
  }
  if (now.type !== 'file')
    throw new Refusal(`${file} is ${now.type === 'directory' ? 'a directory' : 'a device, socket or pipe'}, not a file`)
  if (!has.bytes)
    throw new Refusal(
      `${file} has ${has.size ?? 'an unknown number of'} bytes; files of more than ${CONTENT_LIMIT} are not edited`,
    )
  return has.bytes
}

/** Bytes that do not show when a change is printed or stored. */
const unseen = (bytes: Buffer): ContentSource => ({ bytes: bytes.length, open: () => Readable.from([bytes]) })

/** The attributes after the edit: those that are wanted, else kept, else those of who makes it, and 0644. */
const attributesAfter = (wanted: EditOptions, kept: FileAttributes | undefined): FileAttributes => ({
  mode: wanted.mode ?? kept?.mode ?? '0644',
  owner: wanted.owner ?? kept?.owner,
  group: wanted.group ?? kept?.group,
})

/**
 * The one way by which tasks change a part of a file: its bytes as they are, the edit, then an atomic write of the whole that
 * the host refuses when somebody else changed the file in between. What the edit leaves alone stays, byte for byte; so do
 * mode and owner. Nothing to change: no changes. Throws Refusal for a link, a directory, a missing file (without `create`)
 * and one that is too large.
 */
export const editFile = (
  options: EditOptions,
  now: PathState,
  has: Content,
  edit: (before: Buffer) => Edited,
): readonly Change[] => {
  const { path: file, validate } = options
  const old = groundOf(options, now, has)
  const { bytes, secret = false, instead } = edit(old ?? Buffer.alloc(0))
  const kept = now.type === 'file' ? now : undefined
  const attributes = attributesAfter(options, kept)
  if (old && kept && bytes.equals(old))
    return sameAttributes(kept, attributes) ? [] : [setAttributes(file, 'file', attributes)]
  const before: Before = old ? { sha256: sha256(old) } : 'absent'
  return [
    writeFile(file, secret ? unseen(bytes) : bytes, attributes, {
      sha256: sha256(bytes),
      summary: old ? `edit ${file}` : `create ${file}`,
      before,
      ...(!secret && { shown: bytes }),
      ...(instead && { instead }),
      ...(validate && { validate }),
    }),
  ]
}
