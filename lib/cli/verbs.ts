import type { Option } from './flags.ts'
import { INVENTORY_USAGE, inventoryOptions } from './inventory-options.ts'
import { locksOptions } from './locks-options.ts'
import { reportOptions } from './report-options.ts'
import { execOptions, factsOptions } from './verb-options.ts'

/** Those that `completion` writes scripts for. */
export const shells = ['bash', 'zsh', 'fish'] as const

/** A word that stands where the playbook stands, and does something else. */
export interface Verb {
  readonly name: string
  readonly usage: string
  readonly about: string
  /** Those that --help and shell completion know. */
  readonly options: readonly Option[]
  /** What stands behind it that is no option, for shell completion. Left out: nobody can say. */
  readonly words?: readonly string[] | 'files'
}

export const verbs: readonly Verb[] = [
  {
    name: 'exec',
    usage: 'tsx run exec -i NAME [options] PATTERN -- COMMAND...',
    about: 'run a command on hosts',
    options: execOptions,
  },
  {
    name: 'facts',
    usage: 'tsx run facts -i NAME [options] PATTERN',
    about: 'what hosts are: system, memory, addresses ...',
    options: factsOptions,
  },
  {
    name: 'inventory',
    usage: INVENTORY_USAGE,
    about: 'hosts and groups, and where values come from',
    options: inventoryOptions,
  },
  {
    name: 'report',
    usage: 'tsx run report JOURNAL [options]',
    about: 'show a run that is over, or make files of it',
    options: reportOptions,
    words: 'files',
  },
  {
    name: 'locks',
    usage: 'tsx run locks list | break -i NAME [PATTERN]',
    about: 'leases that runs hold on hosts',
    options: locksOptions,
    words: ['list', 'break'],
  },
  {
    name: 'completion',
    usage: 'tsx run completion bash | zsh | fish',
    about: 'a script for the shell that completes all this',
    options: [],
    words: shells,
  },
]
