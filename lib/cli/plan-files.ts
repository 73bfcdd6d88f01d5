import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import type { Playbook } from '../dsl/playbook.ts'
import { build } from '../engine/build.ts'
import { type Problem, Refusal } from '../errors.ts'
import type { Recorded } from '../event.ts'
import type { Host } from '../inventory/host.ts'
import type { PlanMaker } from '../plan/make.ts'
import { PLAN_KEY, type PlanContent, planText, readPlan } from '../plan/saved-plan.ts'
import { again } from '../report/gate.ts'
import { markdown } from '../report/markdown.ts'
import { replaceFile } from '../report/replace-file.ts'
import { isSensitive } from '../secret/sensitive.ts'
import type { Options } from './options.ts'
import type { Terminal } from './terminal.ts'

/** What a comment of a merge request takes. */
const MOST_MARKDOWN = 65_536

const secretVar = (given: string): string | undefined => {
  const [name = ''] = given.split('=', 1)
  return !given.startsWith('@') && isSensitive(name) ? name : undefined
}

/** What stands against saving a plan of this command line. Asked before the check: afterwards it would be too late. */
export const planProblems = async (options: Options, cwd: string): Promise<readonly Problem[]> => {
  if (options.plan === undefined) return []
  const folder = dirname(resolve(cwd, options.plan))
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  return [
    ...(writable ? [] : [{ message: `--plan ${options.plan}: nothing can be written in ${folder}` }]),
    ...options.extraVars.flatMap(given => {
      const name = secretVar(given)
      return name === undefined
        ? []
        : [
            {
              message: `--plan: -e ${name}=... would stand in the plan for everybody to read`,
              hint: 'Put it into the inventory, or into a file that only the pipeline has: -e @FILE.',
            },
          ]
    }),
  ]
}

const fileOf = (options: Options, cwd: string): string => relative(cwd, resolve(cwd, options.playbook))

const about = (plan: PlanContent, path: string, options: Options): string => {
  const count = (state: string) => plan.steps.filter(step => step.state === state).length
  const command = `tsx run ${plan.playbook.file} ${plan.inventories.map(i => `-i ${i}`).join(' ')} --apply ${path}`
  return [
    `# Plan: ${plan.playbook.name}`,
    '',
    `${count('change')} tasks would change something, ${count('unknown')} are planned when they are reached, ${count('ok')} are as they`,
    `should be. Made ${plan.made} from ${plan.facts.length} facts of ${plan.hosts.length} hosts${options.limit === undefined ? '' : `, limited to \`${options.limit}\``}.`,
    '',
    `\`${command}\` does this and nothing else. It is refused as a whole where one of the facts has changed since.`,
    '',
    '',
  ].join('\n')
}

/** Writes the plan that a check came to, and beside it the same for people. */
export const savePlan = async (
  maker: PlanMaker,
  {
    playbook,
    hosts,
    limit,
    options,
  }: {
    readonly playbook: Playbook
    readonly hosts: readonly Host[]
    readonly limit: ReadonlySet<string> | undefined
    readonly options: Options
  },
  records: readonly Recorded[],
  { env, cwd }: Pick<Terminal, 'env' | 'cwd'>,
): Promise<void> => {
  const path = resolve(cwd(), options.plan!)
  const plan = maker.plan(
    {
      playbook: { file: fileOf(options, cwd()), name: playbook.name },
      inventories: options.inventory,
      ...(options.limit !== undefined && { limit: options.limit }),
      tags: options.tags,
      skipTags: options.skipTags,
      ...(options.startAt !== undefined && { startAt: options.startAt }),
      extraVars: options.extraVars,
    },
    hosts,
    build(playbook, hosts, limit, options),
  )
  const shown = records.map(({ time, event }) => ({ time, event: again(event, 'terminal') }))
  const head = about(plan, relative(cwd(), path), options)
  await replaceFile(path, planText(plan, env[PLAN_KEY] || undefined))
  await replaceFile(`${path}.md`, head + markdown(shown, { limit: MOST_MARKDOWN - head.length }))
}

/** The plan of `--apply`, and the options that it was made with. Throws UsageError and Refusal: see `readPlan`. */
export const planToApply = async (
  options: Options,
  { env, cwd }: Pick<Terminal, 'env' | 'cwd'>,
): Promise<{ readonly plan: PlanContent; readonly options: Options } | undefined> => {
  if (options.apply === undefined) return undefined
  const plan = await readPlan(resolve(cwd(), options.apply), env[PLAN_KEY] || undefined)
  const file = fileOf(options, cwd())
  const given = `${file} -i ${options.inventory.join(' -i ')}`
  const then = `${plan.playbook.file} -i ${plan.inventories.join(' -i ')}`
  if (given !== then)
    throw new Refusal(`${options.apply} is a plan of ${then}, and this is ${given}`, {
      hint: `tsx run ${then} --apply ${options.apply}`,
    })
  const { limit, tags, skipTags, startAt, extraVars } = plan
  return { plan, options: { ...options, limit, tags, skipTags, startAt, extraVars } }
}
