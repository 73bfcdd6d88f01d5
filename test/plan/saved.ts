import type { RunOptions } from '../../lib/engine/run.ts'
import { Binding } from '../../lib/plan/binding.ts'
import type { Progress } from '../../lib/plan/compare.ts'
import { PlanMaker } from '../../lib/plan/make.ts'
import type { PlanContent } from '../../lib/plan/saved-plan.ts'
import type { Source } from '../../lib/plan/sources.ts'
import { type Played, playHere, type Tasks } from '../helpers/play-here.ts'

type Plays = readonly (readonly [hosts: string, tasks: Tasks])[]
type Options = Partial<RunOptions> & { readonly hosts?: readonly string[] }

interface About {
  readonly sources?: readonly Source[]
  readonly key?: string
  readonly progress?: Progress
}

const request = {
  baton: '0',
  playbook: { file: 'x.ts', name: 'test' },
  inventories: [],
  tags: [],
  skipTags: [],
  extraVars: [],
}

/** Checks plays on this machine, and what the plan of that is. */
export const planOf = async (
  plays: Plays,
  options: Options = {},
  { sources = [], key }: About = {},
): Promise<PlanContent & { readonly checked: Played }> => {
  const maker = new PlanMaker({ sources, key })
  const checked = await playHere(plays, { ...options, mode: 'check', planned: maker.planned, built: maker.built })
  return { ...maker.plan(request), checked }
}

export interface Applied extends Played {
  /** Why the run as a whole was refused. */
  readonly refused: string
  readonly errors: readonly string[]
}

/** Applies a plan to this machine. */
export const applyPlan = async (
  { checked: _, ...plan }: Awaited<ReturnType<typeof planOf>>,
  plays: Plays,
  options: Options = {},
  { sources = [], key, progress }: About = {},
): Promise<Applied> => {
  const binding = new Binding(plan, {
    ...{ sources, key },
    ...(progress && { progress }),
    ...(options.earlier && { here: options.earlier }),
  })
  const played = await playHere(plays, { ...options, binding })
  return {
    ...played,
    refused: played.events.flatMap(e => (e.type === 'refused' ? [e.error.message] : [])).join('\n'),
    errors: played.events.flatMap(e => (e.type === 'task' && e.state === 'ended' && e.error ? [e.error.message] : [])),
  }
}
