import { z } from 'zod'
import { change, claim } from '../../changes/change.ts'
import { defineTask } from '../../dsl/task.ts'
import { Refusal } from '../../errors.ts'
import { slot as slotFact } from '../../facts/postgres/slot.ts'
import { sql } from '../../facts/postgres/sql.ts'
import { available } from './available.ts'
import { psql } from './psql.ts'

const params = z.strictObject({
  name: z.string().regex(/^[a-z0-9_]{1,63}$/, 'must be lower-case letters, digits and underscores'),
  port: z.number().int().default(5432),
})

/** A physical slot exists and keeps the WAL that its standby has not yet received, from the moment it is made. */
export const replicationSlot = defineTask({
  name: 'replicationSlot',
  params,
  title: p => `replication slot ${p.name}`,
  async plan({ name, port }, facts) {
    const fact = slotFact({ port, name })
    const now = available(await facts.get(fact), `the slot ${name}`)
    if (!now.exists)
      return [
        change({
          summary: `create physical slot ${name}`,
          command: psqlSlot(port, name),
          makes: [claim(fact, { exists: true, type: 'physical', wal: 'reserved' })],
        }),
      ]
    if (now.type !== 'physical') throw new Refusal(`the slot ${name} is a ${now.type} one`)
    if (now.wal === 'lost' || now.wal === 'unreserved')
      throw new Refusal(`the slot ${name} has lost WAL that its standby needs (${now.wal})`, {
        hint:
          'The standby has to be built again: stop its PostgreSQL, move its data directory away, drop the slot, run again. ' +
          'A larger max_slot_wal_keep_size keeps the slot for longer.',
      })
    return []
  },
})

const psqlSlot = (port: number, name: string) =>
  psql(port, sql`SELECT pg_create_physical_replication_slot(${name}, true)`)
