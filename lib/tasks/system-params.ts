import { z } from 'zod'

// Params that several tasks about the system share.

/** The characters that systemd.unit(5) allows. A template needs an instance to be run. */
export const unitParam = z
  .string()
  .regex(/^[A-Za-z0-9:_.\\@-]{1,255}$/, 'must be the name of a systemd unit')
  .refine(name => !/@(\.\w+)?$/.test(name), 'is a template: name an instance of it, such as backup@daily')

export const timeoutSeconds = (seconds: number) => z.number().int().min(1).max(86_400).default(seconds)
