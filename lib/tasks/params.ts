import { z } from 'zod'
import type { Place } from '../changes/edit/lines.ts'

// Params that several tasks share. Their messages are what a playbook's author reads.

/** Deep enough that no task can be aimed at `/` or at what an empty variable leaves of a path. */
export const absolutePath = z
  .string()
  .regex(/^\/[^\0\n]*$/, 'must be an absolute path, without newlines')
  .refine(p => p.length > 1 && !p.endsWith('/'), 'must not end with /')
  .refine(
    p =>
      !p
        .split('/')
        .slice(1)
        .some(part => part === '' || part === '.' || part === '..'),
    'must be plain: no //, /./ or /../',
  )
  .describe('Absolute path on the host')

export const mode = z
  .string()
  .regex(/^[0-7]{3,4}$/, 'must be octal digits in quotes, for example "0640"')
  .transform(m => m.padStart(4, '0'))

const account = /^[a-z_][a-z0-9_.-]*\$?$/i
export const userName = z.string().regex(account, 'must be a user name')
export const groupName = z.string().regex(account, 'must be a group name')

const number = /^(0|[1-9]\d{0,9})$/
/** Whom a file belongs to: a name, or the number of an account that may have none. */
export const owner = z.string().refine(text => account.test(text) || number.test(text), 'must be a user name or number')
export const ownerGroup = z
  .string()
  .refine(text => account.test(text) || number.test(text), 'must be a group name or number')

/** What every task that makes or changes something at a path takes. */
export const ownership = {
  owner: owner.optional().describe('Name or number. Left out: kept; of who makes it when new'),
  group: ownerGroup.optional().describe('Name or number. Left out: kept; of who makes it when new'),
}

export const validate = z
  .array(z.string().min(1))
  .min(1)
  .refine(words => words.includes('%s'), 'must have %s where the new file stands')
  .describe("A program that judges the new content before it takes its place: ['visudo', '-cf', '%s']")

/** What every task that edits a file in place takes beside its own params. */
export const editParams = {
  path: absolutePath.describe('The file. A link is refused: name the file behind it'),
  create: z.boolean().default(false).describe('A file that is not there is made. Left out: refused'),
  mode: mode.optional().describe('Left out: kept, 0644 when new'),
  ...ownership,
  validate: validate.optional(),
}

/** Looked for in one line, without its end. `g` and `y` would make a pattern remember where it was, so they are dropped. */
export const pattern = z
  .instanceof(RegExp)
  .transform(p => new RegExp(p.source, p.flags.replace(/[gy]/g, '')))
  .describe('A regular expression, looked for in each line')

/** Where new lines go, in tasks that insert some. */
export const place = {
  after: pattern.optional().describe('Behind the last line that matches; at the end when none does'),
  before: z
    .union([pattern, z.literal('start')])
    .optional()
    .describe('Before the last line that matches, at the end when none does; `start`: before the first line'),
}

export const placeOf = (p: { after?: RegExp | undefined; before?: RegExp | 'start' | undefined }): Place => {
  if (p.after) return { after: p.after }
  if (p.before === 'start') return { at: 'start' }
  return p.before ? { before: p.before } : { at: 'end' }
}
