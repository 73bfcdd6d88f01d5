import { z } from 'zod'
import { commaList, count, flag, on, optionsOf } from './flags.ts'
import { factNames } from './host-facts.ts'

const HOSTS = 'Which hosts'
const HOW = 'How'
const SHOWN = 'What is shown'

/** What every verb takes that works on hosts and needs no playbook. */
const shared = {
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
  become: flag(on(), { group: HOW, short: 'b', about: 'as root, by sudo' }),
  becomeUser: flag(z.string().optional(), {
    group: HOW,
    value: 'USER',
    about: 'with -b: as this user instead of root',
  }),
  askBecomePass: flag(on(), { group: HOW, short: 'K', about: "ask for sudo's password, on a terminal" }),
  forks: flag(count(10), { group: HOW, short: 'f', value: 'NUMBER', about: 'hosts worked on at the same time' }),
  output: flag(z.enum(['plain', 'json'], 'must be plain or json').default('plain'), {
    group: SHOWN,
    short: 'o',
    value: 'FORMAT',
    about: 'plain: hosts that say the same are shown once; json: a line a host, and a summary',
  }),
  help: flag(on(), { group: SHOWN, short: 'h', about: 'this text' }),
}

const seconds = 'must be a number of seconds above 0'

export const execSchema = z.strictObject({
  ...shared,
  timeout: flag(z.coerce.number(seconds).positive(seconds).max(2_000_000, seconds).default(600), {
    group: HOW,
    value: 'SECONDS',
    about: 'a command that takes longer is ended, with all that it started',
  }),
  stdin: flag(on(), { group: HOW, about: 'what comes in on stdin goes to the command, on every host' }),
})

export const factsSchema = z.strictObject({
  ...shared,
  only: flag(commaList(), {
    group: SHOWN,
    value: 'FACTS',
    completes: factNames,
    about: 'only these, with commas between them; no other is read',
  }),
})

export const execOptions = optionsOf(execSchema)
export const factsOptions = optionsOf(factsSchema)
