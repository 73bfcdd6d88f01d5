import { z } from 'zod'
import { UsageError } from '../errors.ts'
import type { Host } from '../inventory/host.ts'
import { hostsFor, withBecomePassword } from '../inventory/hosts-for.ts'
import type { Inventory } from '../inventory/inventory.ts'
import { loadInventory } from '../inventory/load.ts'
import { selectHosts } from '../inventory/pattern.ts'
import { askHidden } from './ask-hidden.ts'
import { keysOf } from './keys.ts'
import type { Terminal } from './terminal.ts'

interface Wanted {
  readonly inventory: readonly string[]
  readonly limit?: string | undefined
  readonly askBecomePass: boolean
}

/** The hosts of the verb's own PATTERN, which is not that of --limit. */
const meant = (inventory: Inventory, pattern: string): ReadonlySet<string> => {
  try {
    return selectHosts(inventory, pattern)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    throw new UsageError(error.problems.map(one => ({ ...one, message: one.message.replace(/^--limit /, 'PATTERN ') })))
  }
}

/**
 * The hosts of an inventory that a pattern means, for verbs without a playbook: nobody checks their vars, those of the
 * connection aside. Throws UsageError.
 */
export const verbHosts = async (pattern: string, options: Wanted, terminal: Terminal): Promise<readonly Host[]> => {
  const cwd = terminal.cwd()
  const inventory = await loadInventory(options.inventory, { cwd, keys: keysOf(terminal) })
  const chosen = meant(inventory, pattern)
  const limit = options.limit === undefined ? undefined : selectHosts(inventory, options.limit)
  const hosts = hostsFor(inventory, { name: 'all', groups: ['all'], vars: z.unknown() }, { cwd }).filter(
    ({ name }) => chosen.has(name) && (limit?.has(name) ?? true),
  )
  if (hosts.length === 0)
    throw new UsageError([{ message: `--limit ${options.limit} leaves none of the hosts of ${pattern}` }])
  if (!options.askBecomePass) return hosts
  const instead = 'Set ansible_become_password, or leave -K out.'
  return withBecomePassword(hosts, await askHidden("sudo's password", terminal, instead))
}

/** Who runs the commands; undefined: the login user. */
export const userOf = (options: { readonly become: boolean; readonly becomeUser?: string | undefined }) =>
  options.become ? (options.becomeUser ?? 'root') : undefined
