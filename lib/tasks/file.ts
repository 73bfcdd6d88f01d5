import { createReadStream } from 'node:fs'
import { z } from 'zod'
import { sameAttributes, setAttributes } from '../changes/set-attributes.ts'
import { replacedSecret, sha256, writeFile } from '../changes/write-file.ts'
import type { Command } from '../command.ts'
import { defineTask } from '../dsl/task.ts'
import { Refusal } from '../errors.ts'
import { digest } from '../facts/digest.ts'
import { path } from '../facts/path.ts'
import { Secret } from '../secret.ts'
import { localFile, whyNoLocalFile } from './local-file.ts'
import { absolutePath, mode, ownership, validate } from './params.ts'
import { parentOf, requireParent } from './parent.ts'

const params = z
  .strictObject({
    path: absolutePath,
    content: z
      .union([z.string(), z.instanceof(Uint8Array), z.instanceof(Secret)])
      .optional()
      .describe('Whole content. Left out, and no source: content is not managed, the file must exist'),
    source: z
      .string()
      .superRefine((path, context) => {
        const why = whyNoLocalFile(path)
        if (why) context.addIssue({ code: 'custom', message: why })
      })
      .optional()
      .describe('File on this machine whose content it gets; any size'),
    mode: mode.optional().describe('Octal, for example "0640". Left out: kept, 0644 (0600 for a secret) when new'),
    ...ownership,
    validate: validate.optional(),
  })
  .refine(p => !(p.content !== undefined && p.source !== undefined), 'give content or source, not both')

interface Wanted {
  readonly stdin: NonNullable<Command['stdin']>
  readonly sha256: string
  readonly shown?: Uint8Array
}

const wanted = async ({ content, source }: z.output<typeof params>): Promise<Wanted | undefined> => {
  if (content instanceof Secret) return { stdin: content, sha256: sha256(content.reveal()) }
  if (content !== undefined) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content
    return { stdin: bytes, sha256: sha256(bytes), shown: bytes }
  }
  if (source === undefined) return undefined
  const { bytes, sha256: digest } = await localFile(source)
  return { stdin: { bytes, open: () => createReadStream(source) }, sha256: digest }
}

/** A regular file exists with this content, owner, group and mode. Written atomically; replaces a link, refuses a directory. */
export const file = defineTask({
  name: 'file',
  params,
  title: p => `file ${p.path}`,
  async plan(p, facts) {
    const want = await wanted(p)
    const [now, parent, { sha256: has }] = await Promise.all([
      facts.get(path(p.path)),
      parentOf(facts, p.path),
      want ? facts.get(digest(p.path)) : Promise.resolve({ sha256: undefined }),
    ])
    if (now.type === 'directory' || now.type === 'other')
      throw new Refusal(`${p.path} is ${now.type === 'other' ? 'a device, socket or pipe' : 'a directory'}, not a file`)
    const kept = now.type === 'file' ? now : undefined
    if (!want && !kept)
      throw new Refusal(`${p.path} is not there, and the task gives no content`, { hint: 'Give content or source.' })
    if (!kept) requireParent(p.path, parent)
    const state = {
      mode: p.mode ?? kept?.mode ?? (p.content instanceof Secret ? '0600' : '0644'),
      owner: p.owner ?? kept?.owner,
      group: p.group ?? kept?.group,
    }
    if (want && (!kept || has !== want.sha256))
      return [
        writeFile(p.path, want.stdin, state, {
          sha256: want.sha256,
          ...(want.shown && { shown: want.shown }),
          ...(p.content instanceof Secret && { instead: replacedSecret(kept !== undefined) }),
          ...(p.validate && { validate: p.validate }),
        }),
      ]
    return kept && !sameAttributes(kept, state) ? [setAttributes(p.path, 'file', state)] : []
  },
})
