import { UsageError } from '../errors.ts'
import type { Host } from '../inventory/host.ts'

/** The hosts that --limit leaves. Throws UsageError for none: a run on nothing would look like success. */
export const limited = (
  hosts: readonly Host[],
  limit: ReadonlySet<string> | undefined,
  pattern = '',
): readonly Host[] => {
  const left = hosts.filter(({ name }) => limit?.has(name) ?? true)
  if (left.length) return left
  throw new UsageError([
    {
      message: `--limit ${pattern} leaves none of the playbook's hosts`,
      hint: `They are: ${hosts
        .map(({ name }) => name)
        .slice(0, 12)
        .join(', ')}${hosts.length > 12 ? ' ...' : ''}`,
    },
  ])
}
