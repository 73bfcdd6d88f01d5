import { z } from 'zod'

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
