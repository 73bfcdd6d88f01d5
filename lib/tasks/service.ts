import { z } from 'zod'
import { unitChanges } from '../changes/unit-state.ts'
import { defineTask } from '../dsl/task.ts'
import { unit, unitName } from '../facts/unit.ts'
import { timeoutSeconds, unitParam } from './system-params.ts'

const params = z
  .strictObject({
    name: unitParam.describe('Unit name; ".service" may be left out'),
    state: z
      .enum(['started', 'stopped', 'unmanaged'])
      .default('unmanaged')
      .describe('A unit that failed counts as stopped. Left out: not managed'),
    enabled: z.boolean().optional().describe('Starts at boot. Left out: not managed'),
    masked: z.boolean().optional().describe('Nothing can start it. Left out: not managed'),
    timeoutSeconds: timeoutSeconds(300).describe('How long it may take to start or stop'),
  })
  .refine(
    p => p.state !== 'unmanaged' || p.enabled !== undefined || p.masked !== undefined,
    'give state, enabled or masked',
  )
  .refine(p => !p.masked || (p.state !== 'started' && !p.enabled), 'what is masked can be neither started nor enabled')

const words = (p: z.output<typeof params>): string =>
  [
    p.state === 'unmanaged' ? undefined : p.state,
    p.enabled === undefined ? undefined : p.enabled ? 'enabled' : 'disabled',
    p.masked === undefined ? undefined : p.masked ? 'masked' : 'not masked',
  ]
    .filter(Boolean)
    .join(', ')

/**
 * A systemd unit runs (or not), starts at boot (or not), can be started at all (or not). A service that finishes, such as
 * Type=oneshot without RemainAfterExit, is never *started*: it is an action. A failed start shows its last journal lines.
 */
export const service = defineTask({
  name: 'service',
  params,
  title: p => `service ${unitName(p.name)}: ${words(p)}`,
  plan: async (p, facts) =>
    unitChanges(
      p.name,
      await facts.get(unit(p.name)),
      {
        ...(p.state !== 'unmanaged' && { running: p.state === 'started' }),
        ...(p.enabled !== undefined && { enabled: p.enabled }),
        ...(p.masked !== undefined && { masked: p.masked }),
      },
      p.timeoutSeconds,
    ),
})
