import { z } from 'zod'
import { defineTask } from '../../dsl/task.ts'
import { Refusal } from '../../errors.ts'
import { collation } from '../../facts/postgres/collation.ts'
import { available } from './available.ts'
import { clusterParams } from './cluster-params.ts'

const params = z.strictObject({
  ...clusterParams,
  database: z.string(),
  from: z.string().describe('Host or group of the primary'),
  fromPort: z.number().int().default(5432),
})

/**
 * Both servers sort text by the same version of the same library. A standby has the primary's indexes byte by byte: where the
 * order is another one, they find nothing, or let duplicates in, from the failover on.
 * https://wiki.postgresql.org/wiki/Locale_data_changes
 */
export const sameCollation = defineTask({
  name: 'sameCollation',
  params,
  title: p => `sorts text as ${p.from} does`,
  async plan({ version, port, database, from, fromPort }, facts) {
    // Older ones cannot say.
    if (Number(version) < 15) return []
    const other = facts.on(from)
    const [here, there] = await Promise.all([
      facts.get(collation({ port, of: database })),
      other.get(collation({ port: fromPort, of: database })),
    ])
    const own = available(here, 'how the standby sorts text').version
    const theirs = available(there, `how ${from} sorts text`).version
    if (own !== theirs)
      throw new Refusal(
        `${facts.host} sorts text by version ${own ?? 'none'} of its library, ${other.host} by ${theirs ?? 'none'}: ` +
          'indexes of the copy would be wrong',
        { hint: 'Give both hosts the same release of the operating system.' },
      )
    return []
  },
})
