import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Problem } from '../../errors.ts'

const place = (cwd: string, file: string, where: string, line: number, column: number): Problem['at'] => {
  const path = (where.startsWith('file://') ? fileURLToPath(where.replace(/[?#].*$/, '')) : where).replace(
    /[?#].*$/,
    '',
  )
  return { file: path === resolve(cwd, file) ? file : path, line, column }
}

/** What importing or calling a module threw, with the module's line where the stack has one. */
export const moduleProblem = (cwd: string, file: string, thrown: unknown): Problem => {
  if (!(thrown instanceof Error)) return { message: `${file}: it threw ${typeof thrown}, which is no Error` }
  const { message, stack = '', name } = thrown
  const [, broken = '', line, column, what = ''] = /^(\/.*?):(\d+):(\d+): ERROR: (.*)$/m.exec(message) ?? []
  // esbuild counts columns from 0.
  if (broken)
    return {
      message: `not valid TypeScript: ${what}`,
      at: place(cwd, file, broken, Number(line), Number(column) + 1)!,
    }
  const text = name === 'Error' ? message : `${name}: ${message}`
  const hint = 'hint' in thrown && typeof thrown.hint === 'string' ? { hint: thrown.hint } : {}
  for (const [, where = '', row, col] of stack.matchAll(/^ +at .*?\(?((?:file:\/\/)?\/[^()\n]*?):(\d+):(\d+)\)?$/gm)) {
    const at = place(cwd, file, where, Number(row), Number(col))!
    if (at.file === file) return { message: text, at, ...hint }
  }
  return { message: `${file}: ${text}`, ...hint }
}
