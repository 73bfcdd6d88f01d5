import { constants } from 'node:fs'
import { access, stat } from 'node:fs/promises'
import { dirname, relative, resolve } from 'node:path'
import type { Problem } from '../errors.ts'
import type { Recorded } from '../event.ts'
import type { PlanMaker } from '../plan/make.ts'
import { planMarkdown } from '../plan/markdown.ts'
import { PLAN_KEY, planText } from '../plan/saved-plan.ts'
import { again } from '../report/gate.ts'
import { replaceFile } from '../report/replace-file.ts'
import type { Options } from './options.ts'
import { quoted } from './quoted.ts'
import { secretVar } from './secret-var.ts'
import type { Given } from './start.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'

/** What a comment of a merge request takes. */
const MOST_MARKDOWN = 65_536

/** What stands against saving a plan of this command line. Asked before the check: afterwards it would be too late. */
export const planProblems = async (options: Options, cwd: string): Promise<readonly Problem[]> => {
  if (options.plan === undefined) return []
  const folder = dirname(resolve(cwd, options.plan))
  const writable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  const there = await stat(resolve(cwd, options.plan)).catch(() => undefined)
  return [
    ...(there && !there.isFile() ? [{ message: `--plan ${options.plan}: it is no file` }] : []),
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

/** Writes the plan that a check came to, and beside it the same for people. */
export const savePlan = async (
  maker: PlanMaker,
  { playbook, options }: Pick<Given, 'playbook' | 'options'>,
  records: readonly Recorded[],
  { env, cwd }: Pick<Terminal, 'env' | 'cwd'>,
): Promise<void> => {
  const path = resolve(cwd(), options.plan!)
  const plan = maker.plan({
    baton: version(),
    playbook: { file: fileOf(options, cwd()), name: playbook.name },
    inventories: options.inventory,
    ...(options.limit !== undefined && { limit: options.limit }),
    tags: options.tags,
    skipTags: options.skipTags,
    ...(options.startAt !== undefined && { startAt: options.startAt }),
    extraVars: options.extraVars,
  })
  const shown = records.map(({ time, event }) => ({ time, event: again(event, 'terminal') }))
  const text = planText(plan, env[PLAN_KEY] || undefined)
  const file = relative(cwd(), path)
  const inventories = plan.inventories.map(name => `-i ${quoted(name)}`).join(' ')
  const command = `tsx run ${quoted(plan.playbook.file)} ${inventories} --apply ${quoted(file)}`
  const { seal } = JSON.parse(text) as { readonly seal: string }
  await replaceFile(path, text)
  await replaceFile(`${path}.md`, planMarkdown(plan, shown, { command, file, seal, limit: MOST_MARKDOWN }))
}
