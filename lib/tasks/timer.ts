import { z } from 'zod'
import { unitChanges } from '../changes/unit-state.ts'
import { defineTask } from '../dsl/task.ts'
import { unit } from '../facts/unit.ts'
import { unitParam } from './system-params.ts'

const timerName = (name: string): string => (name.endsWith('.timer') ? name : `${name}.timer`)

const params = z
  .strictObject({
    name: unitParam
      .refine(name => !/\.(service|socket|target|path|mount)$/.test(name), 'must be the name of a timer')
      .describe('Unit name; ".timer" may be left out'),
    state: z.enum(['started', 'stopped']).optional().describe('Left out: not managed'),
    enabled: z.boolean().optional().describe('Starts at boot. Left out: not managed'),
  })
  .refine(p => p.state !== undefined || p.enabled !== undefined, 'give state or enabled')

/** A systemd timer waits for its times (or not), and does so again after a boot (or not). Starting it may run what it times. */
export const timer = defineTask({
  name: 'timer',
  params,
  title: p =>
    `timer ${timerName(p.name)}: ${[p.state, p.enabled === undefined ? undefined : p.enabled ? 'enabled' : 'disabled'].filter(Boolean).join(', ')}`,
  plan: async (p, facts) =>
    unitChanges(
      timerName(p.name),
      await facts.get(unit(timerName(p.name))),
      {
        ...(p.state !== undefined && { running: p.state === 'started' }),
        ...(p.enabled !== undefined && { enabled: p.enabled }),
      },
      60,
    ),
})
