import { relative, resolve } from 'node:path'
import { Refusal, UsageError } from '../errors.ts'
import type { Origin } from '../event.ts'
import { findJournal } from '../journal/find.ts'
import { type ReadPlan, readPlan } from '../plan/read-plan.ts'
import { PLAN_KEY, type PlanContent } from '../plan/saved-plan.ts'
import type { Options } from './options.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'
import { workOf } from './work.ts'

/** The plan that a run must keep to, and the options that it was made with. */
export interface Bound {
  readonly plan: PlanContent
  readonly options: Options
  /** For the journal. */
  readonly saved: NonNullable<Origin['plan']>
}

const HINT = 'Make it anew: --check --plan FILE.'

const boundTo = ({ plan, seal }: ReadPlan, file: string, options: Options, cwd: string): Bound => {
  const playbook = relative(cwd, resolve(cwd, options.playbook))
  const given = `${playbook} -i ${options.inventory.join(' -i ')}`
  const then = `${plan.playbook.file} -i ${plan.inventories.join(' -i ')}`
  if (given !== then)
    throw new Refusal(`${file} is a plan of ${then}, and this is ${given}`, {
      hint: `tsx run ${then} --apply ${file}`,
    })
  if (plan.baton !== version())
    throw new Refusal(`${file} was made by Baton ${plan.baton}, and this is ${version()}`, { hint: HINT })
  const { limit, tags, skipTags, startAt, extraVars } = plan
  return { plan, options: { ...options, limit, tags, skipTags, startAt, extraVars }, saved: { file, seal } }
}

/** A run that kept to a plan keeps to the same one when it is gone on with. Undefined: it had none. */
const planToResume = async (options: Options, cwd: string): Promise<Origin['plan']> => {
  const work = await workOf(options, cwd)
  const run = typeof options.resume === 'string' ? options.resume : undefined
  const found = await findJournal(resolve(cwd, options.journal), work, { run, busy: true })
  const last = found?.records.findLast(({ event }) => event.type === 'run')?.event
  return last?.type === 'run' ? last.origin?.plan : undefined
}

/**
 * The plan of `--apply`, or of the run that is resumed. Undefined: there is none. Throws UsageError and Refusal: see `readPlan`.
 */
export const boundPlan = async (
  options: Options,
  { env, cwd }: Pick<Terminal, 'env' | 'cwd'>,
): Promise<Bound | undefined> => {
  const key = env[PLAN_KEY] || undefined
  const kept = options.resume === undefined ? undefined : await planToResume(options, cwd())
  const file = options.apply ?? kept?.file
  if (file === undefined) return undefined
  const read = await readPlan(resolve(cwd(), file), key).catch(error => {
    if (!kept || !(error instanceof UsageError)) throw error
    throw new Refusal(`the run keeps to the plan ${file}, and ${error.message}`, {
      hint: 'Put it back there; or make a new plan, and apply that.',
    })
  })
  if (kept && read.seal !== kept.seal)
    throw new Refusal(`${file} is not the plan that the run was begun with`, {
      hint: 'Put that one back there; or apply this one, which is another run.',
    })
  return boundTo(read, file, options, cwd())
}
