import { z } from 'zod'
import { count, flag, on, optionsOf } from './flags.ts'

const HOSTS = 'Which hosts'
const HOW = 'How'
const SHOWN = 'What is shown'

const runWords = 'must be the id of a run, as `locks list` shows it'

export const locksSchema = z.strictObject({
  inventory: flag(z.array(z.string()).default([]), {
    group: HOSTS,
    short: 'i',
    value: 'NAME',
    completes: 'inventory',
    about: 'inventories/NAME.yml, the folder inventories/NAME/, or a path; several are read as one',
  }),
  limit: flag(z.string().optional(), {
    group: HOSTS,
    short: 'l',
    value: 'PATTERN',
    about: 'only these of the hosts that PATTERN means',
  }),
  run: flag(
    z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, runWords)
      .optional(),
    { group: HOW, value: 'RUN', about: 'break: the run whose leases are ended; others are left alone' },
  ),
  become: flag(on(), {
    group: HOW,
    short: 'b',
    about: "look as root, by sudo. Left out: as the login user, who may read root's leases; they are broken as root",
  }),
  askBecomePass: flag(on(), { group: HOW, short: 'K', about: "ask for sudo's password, on a terminal" }),
  forks: flag(count(10), { group: HOW, short: 'f', value: 'NUMBER', about: 'hosts worked on at the same time' }),
  output: flag(z.enum(['plain', 'json'], 'must be plain or json').default('plain'), {
    group: SHOWN,
    short: 'o',
    value: 'FORMAT',
    about: 'plain: hosts of the same run are shown together; json: a line a host, and a summary',
  }),
  help: flag(on(), { group: SHOWN, short: 'h', about: 'this text' }),
})

export const locksOptions = optionsOf(locksSchema)
