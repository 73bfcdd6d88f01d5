import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Playbook } from '../dsl/playbook.ts'
import { UsageError } from '../errors.ts'
import { suggest } from '../inventory/near.ts'
import { playbookMistake } from './playbook-mistake.ts'

const isScript = (name: string): boolean => /^\.[cm]?[jt]s$/.test(extname(name))

const notThere = async (given: string, cwd: string): Promise<UsageError> => {
  const folders = [...new Set([dirname(given), 'playbooks'])]
  const there = await Promise.all(
    folders.map(async folder =>
      (await readdir(resolve(cwd, folder)).catch(() => [])).filter(isScript).map(name => ({ folder, name })),
    ),
  )
  const files = there.flat()
  const wanted = basename(given)
  const { hint } = suggest(
    isScript(wanted) ? wanted : `${wanted}.ts`,
    files.map(({ name }) => name),
  )
  const same = files.find(({ name }) => name === wanted || name === `${wanted}.ts`)
  const way = same ? `Did you mean ${join(same.folder, same.name)}?` : hint
  return new UsageError([{ message: `${given}: there is no such playbook`, ...(way !== undefined && { hint: way }) }])
}

const isPlaybook = (value: unknown): value is Playbook => {
  if (typeof value !== 'object' || value === null) return false
  const { name, groups, vars, plays } = value as Readonly<Record<keyof Playbook, unknown>>
  const schema = typeof vars === 'object' && vars !== null && 'safeParse' in vars
  return typeof name === 'string' && Array.isArray(groups) && schema && typeof plays === 'function'
}

/** The playbook that a file exports. Throws UsageError for whatever is wrong with the file, with its line. */
export const loadPlaybook = async (given: string, cwd: string): Promise<Playbook> => {
  const file = resolve(cwd, given)
  const found = await stat(file).catch(() => undefined)
  if (!found) throw await notThere(given, cwd)
  if (found.isDirectory() || !isScript(file))
    throw new UsageError([
      {
        message: `${given} is ${found.isDirectory() ? 'a folder' : 'not a .ts file'}; expected a playbook`,
        hint: 'For example playbooks/ping.ts.',
      },
    ])
  const start = { file, line: 1, column: 1 }
  let module: { readonly default?: unknown }
  try {
    module = (await import(pathToFileURL(file).href)) as typeof module
  } catch (error) {
    throw playbookMistake(error, start)
  }
  const value = module.default
  if (isPlaybook(value)) return value
  throw new UsageError([
    {
      message: value === undefined ? 'the file has no default export' : 'the default export is not a playbook',
      at: start,
      hint: 'Write: export default playbook({ name, groups, vars, plays }).',
    },
  ])
}
