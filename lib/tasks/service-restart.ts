import { z } from 'zod'
import { change, claim } from '../changes/change.ts'
import { startedState } from '../changes/running-state.ts'
import { unitCommand } from '../changes/unit-verbs.ts'
import { defineAction } from '../dsl/task.ts'
import { unit, unitName } from '../facts/unit.ts'
import { timeoutSeconds, unitParam } from './system-params.ts'

/**
 * Restarts a unit and waits until it is active. As a handler on a host where the service must not run (a standby), say
 * `onlyIfActive`: what is stopped then stays stopped.
 */
export const serviceRestart = defineAction({
  name: 'serviceRestart',
  params: z.strictObject({
    name: unitParam.describe('Unit name; ".service" may be left out'),
    onlyIfActive: z.boolean().default(false).describe('Leave it alone when it does not run'),
    timeoutSeconds: timeoutSeconds(300).describe('How long it may take to stop and start'),
  }),
  title: p => `restart ${unitName(p.name)}${p.onlyIfActive ? ' if it runs' : ''}`,
  async run(p, facts) {
    const name = unitName(p.name)
    const now = await facts.get(unit(name))
    const verbs = [
      ...(now.needsReload ? ['daemon-reload' as const] : []),
      p.onlyIfActive ? 'try-restart' : 'restart',
    ] as const
    return change({
      summary: `restart ${name}${p.onlyIfActive ? ' if it runs' : ''}`,
      command: unitCommand(name, verbs, p.timeoutSeconds),
      makes: p.onlyIfActive ? [] : [claim(unit(name), after(now))],
      doubts: [startedState(`the restart of ${name}`)],
    })
  },
})

const after = ({ load, file }: { load: string; file?: string }) => ({
  load,
  active: 'active',
  needsReload: false,
  ...(file !== undefined && { file }),
})
