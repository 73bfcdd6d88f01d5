import { z } from 'zod'
import { commaList, count, flag, on, optionsOf } from './flags.ts'

const HOSTS = 'Which hosts and vars'
const TASKS = 'Which tasks'
const HOW = 'How'
const BINDING = 'Plans that bind, runs that resume'
const SHOWN = 'What is shown'
const WRITTEN = 'What is written'
const INSTEAD = 'Instead of running'

/** Everything the command line takes. The words of --help, the defaults and the checks are all here. */
export const optionsSchema = z.strictObject({
  playbook: z.string().default(''),
  inventory: flag(z.array(z.string()).default([]), {
    group: HOSTS,
    short: 'i',
    value: 'NAME',
    completes: 'inventory',
    about:
      'inventories/NAME.yml, inventories/NAME.yaml, the folder inventories/NAME/, or a path; several are read as one',
  }),
  limit: flag(z.string().optional(), {
    group: HOSTS,
    short: 'l',
    value: 'PATTERN',
    about: "only these of the playbook's hosts: names, groups, * and ?, as in 'standby:&eu:!db3'",
  }),
  extraVars: flag(z.array(z.string()).default([]), {
    group: HOSTS,
    short: 'e',
    value: 'KEY=VALUE',
    about: 'a var that wins over the inventory, on every host; or @FILE, a YAML file of vars',
  }),
  tags: flag(commaList(), {
    group: TASKS,
    short: 't',
    value: 'TAGS',
    about: 'only tasks with one of these tags (comma between them), and those tagged always; all, tagged, untagged',
  }),
  skipTags: flag(commaList(), { group: TASKS, value: 'TAGS', about: 'no task with one of these tags' }),
  startAt: flag(z.string().optional(), {
    group: TASKS,
    value: 'TITLE',
    about: 'begin at this task, in the first play that has it: its title, how only that one begins, or * and ?',
  }),
  check: flag(on(), { group: HOW, about: 'predict what would change, and change nothing' }),
  expectNoChanges: flag(on(), { group: HOW, about: 'exit code 3 if anything is changed, or would be' }),
  forks: flag(count(10), { group: HOW, short: 'f', value: 'NUMBER', about: 'hosts worked on at the same time' }),
  askBecomePass: flag(on(), { group: HOW, short: 'K', about: "ask for sudo's password, on a terminal" }),
  leaseSeconds: flag(count(60), {
    group: HOW,
    value: 'SECONDS',
    about: 'a host is free for other runs so long after this one was last heard of',
  }),
  plan: flag(z.string().optional(), {
    group: BINDING,
    value: 'FILE',
    completes: 'file',
    about: 'with --check: save the plan, and FILE.md for people to read',
  }),
  apply: flag(z.string().optional(), {
    group: BINDING,
    value: 'FILE',
    completes: 'file',
    about: 'run this saved plan and nothing else; refused as a whole where a host is not as it was planned from',
  }),
  resume: flag(z.union([z.literal(true), z.string()]).optional(), {
    group: BINDING,
    value: 'RUN',
    optionalValue: true,
    about: 'go on with a run that did not end: the last one of this playbook and inventory, or the one that is named',
  }),
  output: flag(z.enum(['pretty', 'plain', 'json', 'github'], 'must be pretty, plain, json or github').optional(), {
    group: SHOWN,
    short: 'o',
    value: 'FORMAT',
    about:
      'pretty, plain, json (one event a line) or github (annotations). Left out: github in its pipelines, pretty on a terminal, else plain',
  }),
  diff: flag(z.boolean().default(true), {
    group: SHOWN,
    negatable: true,
    about: 'the lines and attributes that differ',
  }),
  verbose: flag(z.number().default(0), {
    group: SHOWN,
    short: 'v',
    counts: true,
    about:
      'more. -v: also tasks that are ok or skipped, the line of each task, whole commands, 400 lines of a diff instead of 40, round trips. -vv: also each task as it begins, all output as it comes, every line of diffs and failures',
  }),
  junit: flag(z.string().optional(), { group: WRITTEN, value: 'FILE', completes: 'file', about: 'JUnit XML' }),
  report: flag(z.string().optional(), {
    group: WRITTEN,
    value: 'FILE',
    completes: 'file',
    about: 'one HTML file that holds everything',
  }),
  codeQuality: flag(z.string().optional(), {
    group: WRITTEN,
    value: 'FILE',
    completes: 'file',
    about: "GitLab's code quality report",
  }),
  journal: flag(z.string().default('.baton/runs'), {
    group: WRITTEN,
    value: 'FOLDER',
    completes: 'folder',
    about: 'where runs keep their journals',
  }),
  listHosts: flag(on(), { group: INSTEAD, about: 'the hosts that would take part' }),
  listTasks: flag(on(), { group: INSTEAD, about: 'the plays and the tasks of each host, exactly as they would run' }),
  help: flag(on(), { group: INSTEAD, short: 'h', about: 'this text' }),
  version: flag(on(), { group: INSTEAD, about: 'the version' }),
})

export type Options = z.output<typeof optionsSchema>

/** The options with what --help says of them, in its order. */
export const optionList = optionsOf(optionsSchema)
