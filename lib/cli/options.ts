import { z } from 'zod'

export interface Flag {
  readonly group: 'Which hosts and vars' | 'How' | 'What is shown' | 'Instead of running'
  readonly short?: string
  /** What the value is called in --help. Left out: a switch. */
  readonly value?: string
  /** `--no-NAME` is there too. */
  readonly negatable?: boolean
  /** Given again, it counts. */
  readonly counts?: boolean
  readonly about: string
}

const flags = z.registry<Flag>()
const flag = <S extends z.ZodType>(schema: S, about: Flag): S => {
  flags.add(schema, about)
  return schema
}
const on = () => z.boolean().default(false)
const wholeNumber = 'must be a whole number of at least 1'

/** Everything the command line takes. The words of --help, the defaults and the checks are all here. */
export const optionsSchema = z.strictObject({
  playbook: z.string().default(''),
  inventory: flag(z.array(z.string()).default([]), {
    group: 'Which hosts and vars',
    short: 'i',
    value: 'NAME',
    about:
      'inventories/NAME.yml, inventories/NAME.yaml, the folder inventories/NAME/, or a path; several are read as one',
  }),
  limit: flag(z.string().optional(), {
    group: 'Which hosts and vars',
    short: 'l',
    value: 'PATTERN',
    about: "only these of the playbook's hosts: names, groups, * and ?, as in 'standby:&eu:!db3'",
  }),
  extraVars: flag(z.array(z.string()).default([]), {
    group: 'Which hosts and vars',
    short: 'e',
    value: 'KEY=VALUE',
    about: 'a var that wins over the inventory, on every host; or @FILE, a YAML file of vars',
  }),
  check: flag(on(), { group: 'How', about: 'predict what would change, and change nothing' }),
  expectNoChanges: flag(on(), { group: 'How', about: 'exit code 3 if anything is changed, or would be' }),
  forks: flag(z.coerce.number(wholeNumber).int(wholeNumber).min(1, wholeNumber).default(10), {
    group: 'How',
    short: 'f',
    value: 'NUMBER',
    about: 'hosts worked on at the same time',
  }),
  askBecomePass: flag(on(), { group: 'How', short: 'K', about: "ask for sudo's password, on a terminal" }),
  output: flag(z.enum(['pretty', 'plain', 'json'], 'must be pretty, plain or json').optional(), {
    group: 'What is shown',
    short: 'o',
    value: 'FORMAT',
    about: 'pretty, plain, or json: one event a line. Left out: pretty on a terminal, else plain',
  }),
  diff: flag(z.boolean().default(true), {
    group: 'What is shown',
    negatable: true,
    about: 'the lines and attributes that differ',
  }),
  verbose: flag(z.number().default(0), {
    group: 'What is shown',
    short: 'v',
    counts: true,
    about: 'more; again for more still',
  }),
  listHosts: flag(on(), { group: 'Instead of running', about: 'the hosts that would take part' }),
  listTasks: flag(on(), { group: 'Instead of running', about: 'the plays and the tasks of each host' }),
  help: flag(on(), { group: 'Instead of running', short: 'h', about: 'this text' }),
  version: flag(on(), { group: 'Instead of running', about: 'the version' }),
})

export type Options = z.output<typeof optionsSchema>
export type OptionName = Exclude<keyof Options, 'playbook'>

const { playbook: _, ...shape } = optionsSchema.shape

/** The options with what --help says of them, in its order. `expectNoChanges` is `--expect-no-changes`. */
export const optionList = (Object.keys(shape) as OptionName[]).map(key => ({
  key,
  name: key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`),
  repeatable: key === 'inventory' || key === 'extraVars',
  default: optionsSchema.shape[key].safeParse(undefined).data,
  ...flags.get(optionsSchema.shape[key])!,
}))

/** Designed, and not there yet: refused by name, never ignored. True: takes a value. */
export const notYet: Readonly<Record<string, { readonly value: boolean; readonly short?: string }>> = {
  tags: { value: true, short: 't' },
  'skip-tags': { value: true },
  plan: { value: true },
  apply: { value: true },
  resume: { value: false },
  yes: { value: false },
  junit: { value: true },
  report: { value: true },
}

/** Verbs that stand where the playbook stands, and are not there yet. */
export const verbsNotYet: readonly string[] = ['exec', 'inventory']
