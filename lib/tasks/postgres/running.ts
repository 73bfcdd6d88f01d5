import { z } from 'zod'
import { defineTask } from '../../dsl/task.ts'
import { service } from '../service.ts'
import { clusterParams, unitOf } from './cluster-params.ts'

/** The server of the cluster runs. Whether it starts at boot is said by the cluster's start.conf, not by its unit. */
export const running = defineTask({
  name: 'running',
  params: z.strictObject(clusterParams),
  title: p => `${unitOf(p)} runs`,
  async plan(p, facts) {
    const changes = await service({ name: unitOf(p), state: 'started', timeoutSeconds: 3600 }).plan(facts)
    const doubt = {
      about: `what ${unitOf(p)} answers`,
      covers: (fact: { readonly kind: { readonly kind: string } }) =>
        fact.kind.kind.startsWith('postgres-') || /^(listening|reachable|succeeds)$/.test(fact.kind.kind),
    }
    return changes.map(c => ({ ...c, doubts: [doubt] }))
  },
})
