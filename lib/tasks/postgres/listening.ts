import { z } from 'zod'
import { defineTask } from '../../dsl/task.ts'
import { settings } from '../../facts/postgres/settings.ts'
import { available } from './available.ts'
import { clusterParams } from './cluster-params.ts'
import { configuration } from './configuration.ts'

const params = z.strictObject({
  ...clusterParams,
  address: z.union([z.ipv4(), z.ipv6()], 'must be an address'),
  restart: z.enum(['allow', 'refuse']).default('refuse').describe('listen_addresses takes effect at a restart only'),
})

/** The server listens at an address, beside those where it does already; they are never narrowed. */
export const listening = defineTask({
  name: 'listening',
  params,
  title: p => `PostgreSQL listens at ${p.address}`,
  async plan({ address, ...p }, facts) {
    const fact = settings({ port: p.port, names: ['listen_addresses'] })
    const [now] = available(await facts.get(fact), 'listen_addresses').settings
    const addresses = (now?.setting ?? '')
      .split(',')
      .map(a => a.trim())
      .filter(Boolean)
    if (
      addresses.includes('*') ||
      addresses.includes(address) ||
      (addresses.includes('0.0.0.0') && !address.includes(':'))
    )
      return []
    const changes = await configuration({
      ...p,
      name: '40-baton-listen',
      settings: { listen_addresses: [...addresses, address].join(',') },
    }).plan(facts)
    return changes
  },
})
