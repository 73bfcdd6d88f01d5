import { z } from 'zod'
import { defineTask } from '../../dsl/task.ts'
import { serverIdentity } from '../../facts/postgres/server-identity.ts'
import { absolutePath } from '../params.ts'
import { available } from './available.ts'
import { clusterParams, roleName } from './cluster-params.ts'
import { configuration } from './configuration.ts'

const word = (value: string): string => `'${value.replace(/['\\]/g, '\\$&')}'`

/** libpq's connection string, without a password. https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING */
export const connectionString = (parts: Readonly<Record<string, string | number>>): string =>
  Object.entries(parts)
    .map(([name, value]) => `${name}=${word(String(value))}`)
    .join(' ')

/**
 * From where a standby receives WAL, and the limits that must not be lower than those of its primary.
 * https://www.postgresql.org/docs/current/runtime-config-replication.html#RUNTIME-CONFIG-REPLICATION-STANDBY
 */
export const standbySettings = defineTask({
  name: 'standbySettings',
  params: z.strictObject({
    ...clusterParams,
    from: z.string().describe('Host or group of the primary'),
    fromPort: z.number().int().default(5432),
    address: z.string(),
    user: roleName,
    passfile: absolutePath,
    slot: z.string(),
  }),
  title: p => `PostgreSQL receives from ${p.from}`,
  async plan({ from, fromPort, address, user, passfile, slot, ...cluster }, facts) {
    const answer = await facts.on(from).get(serverIdentity({ port: fromPort }))
    const { limits } = available(answer, `the limits of ${from}`)
    return configuration({
      ...cluster,
      name: '50-baton-standby',
      settings: {
        primary_conninfo: connectionString({ host: address, port: fromPort, user, passfile, application_name: slot }),
        primary_slot_name: slot,
        hot_standby: 'on',
        ...Object.fromEntries(Object.entries(limits).sort()),
      },
      restart: 'allow',
    }).plan(facts)
  },
})
