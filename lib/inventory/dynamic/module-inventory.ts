import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Draft } from '../draft.ts'
import { addInventoryFile } from '../structure.ts'
import { traceValue } from '../trace-value.ts'
import { moduleProblem } from './module-problem.ts'

const late = Symbol('late')

const before = async <T>(timeoutMs: number, promise: Promise<T>): Promise<T | typeof late> => {
  let timer: NodeJS.Timeout | undefined
  const deadline = new Promise<typeof late>(resolveLate => {
    timer = setTimeout(() => resolveLate(late), timeoutMs)
  })
  try {
    return await Promise.race([promise, deadline])
  } finally {
    clearTimeout(timer)
  }
}

const load = async (path: string): Promise<unknown> => {
  const module = (await import(pathToFileURL(path).href)) as { readonly default?: unknown }
  return typeof module.default === 'function' ? ((await module.default()) as unknown) : module.default
}

/** An inventory whose default export is groups, or a function that gives groups, in the shape of a YAML inventory. */
export const addModule = async (
  draft: Draft,
  file: string,
  { cwd, timeoutMs }: { readonly cwd: string; readonly timeoutMs: number },
): Promise<void> => {
  let value: unknown
  try {
    value = await before(timeoutMs, load(resolve(cwd, file)))
  } catch (error) {
    draft.problems.push(moduleProblem(cwd, file, error))
    return
  }
  if (value === late) {
    draft.problems.push({ message: `${file}: the inventory was still not there after ${timeoutMs / 1000} s` })
    return
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    addInventoryFile(draft, traceValue(file, value, draft.problems))
  else
    draft.problems.push({
      message:
        value === undefined ? `${file}: there is no default export` : `${file}: the default export is no inventory`,
      hint: 'Write: export default defineInventory({ all: { hosts: { web1: {} } } }), or give it an async function.',
    })
}
